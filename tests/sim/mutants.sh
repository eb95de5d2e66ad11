#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mutants.sh [NAME...] - does the simulator notice when the consensus room is wrong? Each mutant
# is one edit of a copy of daemon/consensus; the simulator must fail on it within a bounded
# number of seeds. An edit that no longer applies is a failure too.
set -u
cd "$(dirname "$0")/../.." || exit 2
CC=${CC:-cc}
flags="-std=gnu11 -O1 -g -D_GNU_SOURCE -Itests -Idaemon"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
survived=0

compile() { # compile DIRECTORY SOURCE...
    directory=$1
    shift
    for source in "$@"; do
        # shellcheck disable=SC2086
        $CC $flags -c "$source" -o "$directory/$(basename "$source" .c).o" || exit 2
    done
}

mkdir -p "$work/sim" "$work/rooms" "$work/consensus"
compile "$work/sim" tests/sim/*.c
compile "$work/rooms" daemon/model/block.c daemon/base/bytes.c daemon/base/arena.c \
    daemon/base/hash.c daemon/base/error.c daemon/base/text.c
compile "$work/consensus" daemon/consensus/*.c
$CC "$work/consensus/"*.o "$work/sim/"*.o "$work/rooms/"*.o -lsodium -o "$work/base" || exit 2

# mutant NAME "FILES" SED ARGUMENTS...: must be killed by `sim ARGUMENTS`; the edit must change
# each of the files.
mutant() {
    name=$1 files=$2 edit=$3
    shift 3
    case "$wanted" in "  " | *" $name "*) ;; *) return ;; esac
    copy="$work/$name"
    mkdir -p "$copy"
    cp "$work/consensus/"*.o "$copy/"
    for file in $files; do
        sed -E "$edit" "daemon/consensus/$file" >"$copy/$file"
        if cmp -s "$copy/$file" "daemon/consensus/$file"; then
            echo "$name: the edit of $file no longer applies"
            survived=$((survived + 1))
            return
        fi
        # shellcheck disable=SC2086
        if ! $CC $flags -w -c "$copy/$file" -o "$copy/${file%.c}.o"; then
            echo "$name: does not compile"
            survived=$((survived + 1))
            return
        fi
    done
    $CC "$copy"/*.o "$work/sim/"*.o "$work/rooms/"*.o -lsodium -o "$copy/run" || exit 2
    if timeout "$limit" "$copy/run" "$@" --first >"$copy/output" 2>&1; then
        echo "$name: SURVIVED $(tail -n 1 "$copy/output")"
        survived=$((survived + 1))
    elif [ $? -eq 124 ]; then
        echo "$name: SURVIVED for $limit s"
        survived=$((survived + 1))
    else
        again=$(sed -n 's/^  sim \(.*\) --trace$/\1/p' "$copy/output" | head -n 1)
        # shellcheck disable=SC2086
        if [ -n "$again" ] && ! "$work/base" $again >/dev/null 2>&1; then
            echo "$name: proves nothing: the original fails too: sim $again"
            survived=$((survived + 1))
            return
        fi
        echo "$name: killed: $(grep -m 1 -E 'seed|scenario|ssert' "$copy/output" | cut -c 1-150)"
    fi
}

limit=240
wanted=" $* "
[ $# -eq 0 ] && wanted="  "

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

echo "$survived survived"
[ "$survived" -eq 0 ]
