#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mutants.sh [--part K/N | --today N] [NAME...] - does the simulator notice when the consensus room
# is wrong? mutants_common.sh says how.
cd "$(dirname "$0")/../.." || exit 2
flags="-std=gnu11 -O2 -g -w -D_GNU_SOURCE -Idaemon"
libraries="-lsodium"
wraps=
source_root=daemon/consensus
program=sim
. tests/sim/mutants_common.sh

# The model's mutants (CONSENSUS.md 1.11).
mutant finalize_after_nullify own.c \
    's/record->own\[VOTE_NULLIFY - 1\]\.asked \|\| (record->own\[VOTE_FINALIZE)/\1/' \
    --seeds 1..3000
mutant finalize_again_for_any_notarized timers.c \
    's/^        uint32_t count = 0;$/&\
        for (uint64_t i = view - 1; i > self->final.view; i--)\
            if (views_has(\&self->views, VOTE_NOTARIZE, i) \&\&\
                !own_asked(self, VOTE_FINALIZE, i) \&\& views_find(\&self->views, i))\
                (void)effects_ask_vote(self, VOTE_FINALIZE, i,\
                                       \&views_find(\&self->views, i)->notarization.hash);/' \
    --seeds 1..3000
mutant quorum_less_one consensus.c \
    's/(self->q = quorum_size\(self->n\));/\1 - (self->n > 2);/' --seeds 1..3000
mutant votes_not_durable consensus.c \
    's/^    assert\(!self->started && vote->signer == self->config.self.*/return;/' \
    --seeds 1..9000 --profile crash
mutant leader_proposes_again own.c \
    's/ \|\| own_asked\(self, VOTE_NOTARIZE, view\) \|\|/ ||/
     s/^        own_asked\(self, VOTE_NOTARIZE, self->view\)\)/        false)/
     s/record->proposed \? NULL : //' \
    --seeds 1..9000 --profile crash
mutant no_skip_proof chain.c 's/return missing_certs\(self, proposal, view\);/break;/' \
    --seeds 1..9000
mutant no_retransmission timers.c 's/^    timers_retransmit\(self\);$//' --seeds 1..3000
mutant resume_at_final_only consensus.c \
    's/^    assert\(!self->started && certs_is_sound\(self, cert\)\);/if (cert->kind != VOTE_FINALIZE) return;/' \
    --seeds 1..3000 --profile crash
mutant no_stale_reply sync.c \
    's/^    self->peers\[peer\]\.reply_ms = .*/    return;/' --seeds 1..9000
mutant own_votes_not_counted_again "consensus.c certs.c" \
    's/^    certs_count\(self, vote\);$//
     s/^    if \(known == NULL && is_voter\(self\)\) \{/    if (false) {/' \
    --seeds 1..9000 --profile crash
mutant second_notarize "handlers.c own.c effects.c" \
    's/^    if \(record->proposed\) \{/    if (record->proposed \&\& hash_equal(\&record->proposal, \&block->hash)) {/
     s/record->equivocated = true;/(void)record;/
     s/!is_sending\(self\) \|\| own_asked\(self, VOTE_NOTARIZE, self->view\) \|\|/!is_sending(self) || (own_asked(self, VOTE_NOTARIZE, self->view) \&\& hash_equal(\&own_find(self, VOTE_NOTARIZE, self->view)->hash, \&views_find(\&self->views, self->view)->proposal)) ||/
     s/^    assert\(!own->asked\);//' \
    --twins 11
# More of the same kind.
mutant unverified_signature_kept certs.c \
    's/^        if \(is_counted\(tally, kind, hash, i\)\)/        if (!brought \&\& is_counted(tally, kind, hash, i))/' \
    --seeds 1..9000 --profile byzantine
mutant no_validation chain.c 's/if \(!valid \|\| held->check != CHECK_OK\)/if (!valid)/' \
    --seeds 1..3000 --profile byzantine
mutant blocks_from_the_future chain.c \
    's/\} else if \(header->time_ms > latest_ms && /} else if (false \&\& /' \
    --seeds 1..9000 --profile clock
# Either way alone is enough to catch up.
mutant range_never_goes_on sync.c \
    's/header\.height \+ 1 \+ held/header.height + 1/
     s/return is_short == .*/return is_short;/' \
    --seeds 1..200 --profile long
mutant nullify_not_told_on timers.c 's/^        relay_nullify\(self\);$//' \
    --seeds 1..9000 --profile byzantine
mutant grow_never certs.c 's/self->grow \* 13 \/ 10/self->grow/' --seeds 1..9000

finish
