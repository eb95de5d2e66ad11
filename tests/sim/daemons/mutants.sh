#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# mutants.sh [--part K/N | --today N] [NAME...] - does the simulator of whole daemons notice when a
# daemon is wrong? ../mutants_common.sh says how.
cd "$(dirname "$0")/../../.." || exit 2
flags="-std=gnu11 -O2 -g -w -D_GNU_SOURCE -DCOMITY_VERSION=\"0\" -Idaemon -I${BUILD:-build/release}/proto"
libraries="-lsodium -lsqlite3 -lprotobuf-c -lyaml -lzmq -lseccomp"
wraps=$(sed -n '/SIMD_WRAPPED/,/)/p' tests/sim/daemons/wrapped.cmake |
    tr -d '()' | sed 's/set//; s/SIMD_WRAPPED//' | tr -s ' \n' '\n' | sed -n 's/..*/-Wl,--wrap=&/p')
source_root=daemon
program=simd
. tests/sim/mutants_common.sh

mutant vote_sent_before_durable node/node.c \
    's/error = journal_sync\(self->journal\);$/error = COMITY_OK;/' --seeds 1..50 --profile calm
mutant act_sent_before_durable node/session_peers.c \
    's/seq <= self->durable_seq; seq\+\+/seq < self->next_seq; seq++/
     s/self->sent_seq < self->durable_seq\)/self->sent_seq + 1 < self->next_seq)/' \
    --seeds 1..200 --profile disk --faults 0x0fbf
mutant own_act_not_journaled node/session_acts.c \
    's/error = session_journal\(self, JOURNAL_ACT, .*/(void)0;/' --seeds 1..50 --profile calm
mutant guard_not_restored node/session_restore.c \
    's/^    if \(guard_record\(self->guard, vote\.kind.*/    return;/' \
    --seeds 1..300 --profile crash --faults 0x2fbf
mutant own_votes_dropped_at_rotation node/session_restore.c \
    's/^    if \(live == NULL\)$/    if (kind == JOURNAL_VOTE) { free(live); return COMITY_OK; }\
    if (live == NULL)/' --seeds 1..300 --profile crash
mutant own_acts_dropped_at_rotation node/session_effects.c \
    's/\? record->seq <= final_seq/? true/' --seeds 1..300 --profile crash
mutant idempotency_key_forgotten node/session_restore.c \
    's/^        session_remember_request\(self, bytes_of\(payload.*/        (void)0;/' \
    --seeds 1..300 --profile crash --faults 0x2fbf
mutant torn_tail_called_damage store/journal_replay.c \
    's/^        error = judge_tail\(.*/        torn = false;/' --seeds 1..300 --profile power
mutant torn_tail_visited store/journal_replay.c \
    's/^    if \(kind == 0 \|\| crc32c\(.*/    if (kind == 0)/' --seeds 1..300 --profile power
mutant evidence_not_verified node/bodies.c \
    '1s/^/#define skip(key, tag, bytes, signature) COMITY_OK\
/; s/identity_verify\(charter->seats\[acts/skip(charter->seats[acts/' \
    --seeds 1..300 --profile byzantine --faults 0x2fbf
mutant acts_in_blocks_not_verified node/bodies.c \
    's/^    if \(identity_verify\(seat->key.*/    if (false)/' \
    --seeds 1..300 --profile byzantine --faults 0x2fbf
mutant pool_takes_any_signature node/session_acts.c \
    's/^    if \(error == COMITY_OK \&\& !own\)$/    if (false)/' \
    --seeds 1..300 --profile byzantine --faults 0x2fbf
mutant certificates_not_verified node/session_peers.c \
    's/^    if \(!cert_signatures_hold\(self, cert, verify\)\) \{/    if (false) {/' \
    --seeds 1..300 --profile byzantine --faults 0x2fbf
mutant votes_not_verified node/session_peers.c \
    's/^    return identity_verify\(session_peer_key\(self, vote->signer\).*/    return true;/
     /^                           bytes_of\(message, sizeof message\), vote->signature\) == COMITY_OK;/d' \
    --seeds 1..300 --profile byzantine --faults 0x2fbf
mutant state_hash_not_checked "node/session_build.c" \
    's/^    if \(hash_equal\(\&point\.state_hash, \&header->state_hash\) \&\&/    if (true ||/' \
    --seeds 1..300 --profile byzantine --faults 0x2fbf
mutant snapshot_used_unchecked node/chain_open.c \
    's/^    if \(!hash_equal\(\&state, \&block\.state_hash\)\)/    if (false)/' \
    --seeds 1..200 --profile long --faults 0x4020
mutant blocks_lost_on_a_full_disk node/chain.c \
    's/^        store_rollback\(self->store\);/&\
        for (struct chain_unstored *item; (item = self->unstored) != NULL;) {\
            self->unstored = item->next;\
            unstored_free(item);\
        }\
        self->unstored_last = NULL;\
        self->unstored_count = 0;/' \
    --seeds 1..300 --profile disk --faults 0x2fbf
mutant feed_tells_twice node/requests_read.c \
    's/^            events\.index = i \+ 1;/            events.index = i;/' \
    --seeds 1..50 --profile calm

# Consent, also where more lie than anything else can bear.
mutant everybody_is_bound forum/agreement.c \
    's/^    if \(agreement->proposal->is\.rule->binds != BINDS_ALL\)$/    if (false)/' \
    --seeds 1..100 --profile calm
mutant everybody_is_bound_beyond forum/agreement.c \
    's/^    if \(agreement->proposal->is\.rule->binds != BINDS_ALL\)$/    if (false)/' \
    --seeds 1..1000 --profile beyond
mutant lost_journal_goes_unnoticed node/node_files.c \
    's/^    else if \(error == COMITY_OK \&\& !bytes_equal\(known, .*/    else if (false) {/' \
    --seeds 1..300 --profile journal
mutant act_in_a_block_is_no_work node/session.c \
    's/self->work_added == added \&\& //' --seeds 1..600
mutant bodies_without_a_bound node/bodies.c \
    's/^        if \(consensus_needs_body\(.*/        if (true) {/
     s/^    if \(self->count >= BODIES_MAX\)/    if (false)/' \
    --seeds 1..200 --profile long

finish
