#!/bin/bash
# SPDX-License-Identifier: Apache-2.0
# mutants.sh [NAME...] - break the daemon on purpose, one rule at a time, in a copy of its source,
# and see the rig find it. A mutant counts as killed only if a check refuses its life and the
# daemon as it is outlives the same storms. By hand, not in CI: a minute or more each.
set -u
cd "$(dirname "$0")/../.." || exit 2
build=${BUILD:-build/release}
[ -x "$build/bin/comityd" ] || { echo "mutants: $build/bin/comityd is not there"; exit 2; }
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
survived=0
wanted=" $* "
[ $# -eq 0 ] && wanted="  "

mkdir "$work/source"
git ls-files -z -- CMakeLists.txt daemon proto client configs docs LICENSE |
    xargs -0 cp --parents -t "$work/source" || exit 2
cmake -S "$work/source" -B "$work/build" -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo \
    -DCOMITY_TESTS=OFF -DCOMITY_WERROR=OFF -DPython3_EXECUTABLE=/usr/bin/python3 \
    >"$work/log" 2>&1 || { cat "$work/log"; exit 2; }

# mutant NAME FILE SED-EDIT FAULTS-ARGUMENT...
mutant() {
    name=$1 file=$2 edit=$3
    shift 3
    case "$wanted" in "  " | *" $name "*) ;; *) return ;; esac
    sed -E -i "$edit" "$work/source/daemon/$file"
    if cmp -s "$work/source/daemon/$file" "daemon/$file"; then
        echo "$name: the edit of $file no longer applies"
        survived=$((survived + 1))
        return
    fi
    if ! cmake --build "$work/build" --target comityd >"$work/log" 2>&1; then
        echo "$name: does not compile"
        survived=$((survived + 1))
    elif tests/cluster/faults --build "$build" --comityd "$work/build/bin/comityd" \
        --directory "$work/lives" "$@" >"$work/log" 2>&1; then
        echo "$name: SURVIVED"
        survived=$((survived + 1))
    elif ! grep -q 'check: bad' "$work/log"; then
        echo "$name: proves nothing: $(tail -n 1 "$work/log")"
        survived=$((survived + 1))
    else
        found=$(sed -n 's/^ *check: bad: //p' "$work/log" | head -n 1)
        rm -rf "$work/lives"
        if tests/cluster/faults --build "$build" --directory "$work/lives" "$@" \
            >"$work/log" 2>&1; then
            echo "$name: killed: $found"
        else
            echo "$name: proves nothing: the daemon as it is fails too"
            survived=$((survived + 1))
        fi
    fi
    rm -rf "$work/lives"
    cp "daemon/$file" "$work/source/daemon/$file"
}

once="--seed 1 --minutes 0.6"

# shellcheck disable=SC2086
{
mutant own_act_not_journaled node/session_acts.c \
    's/error = session_journal\(self, JOURNAL_ACT, .*/(void)0;/' $once --only all_killed,killed
mutant answered_before_durable node/requests_act.c \
    's/^    if \(parked->seq > session_durable_seq\(parked->session\)\) \{/    if (false) {/;
     s/^    parked->act = id;/&\
    if (wait_ms == 0 \&\& request_answer_submit(self, parked, true)) {\
        parked->used = false;\
        self->parked_count--;\
    }/' --seed 1 --minutes 1 --only full_disk_and_killed --think 0.02
mutant own_acts_not_restored node/session_restore.c \
    's/^            if \(record->kind == JOURNAL_ACT\)/            if (false)/' \
    $once --only all_killed,killed
mutant idempotency_key_forgotten node/session_restore.c \
    's/^        session_remember_request\(self, bytes_of\(payload.*/        (void)0;/' \
    $once --only killed_again_and_again,all_killed --think 0.05
mutant feed_tells_twice node/requests_read.c \
    's/^            events\.index = i \+ 1;/            events.index = i;/' $once --only isolated
mutant feed_leaves_out node/requests_read.c \
    's/^    uint32_t from = height == 0 \? 0 : index;/    uint32_t from = height == 0 ? 0 : index + 1;/' \
    $once --only isolated
mutant stale_height node/session_view.c \
    's/^        \.height = self->chain\.now\.height,/        .height = ({ static uint64_t old;\
            static int64_t at; if (time.now_ms - at > 3000) { at = time.now_ms;\
            old = self->chain.now.height; } old; }),/' $once --only isolated
mutant lost_journal_not_noticed node/node_files.c \
    's/^    else if \(error == COMITY_OK \&\& !bytes_equal\(known.*/    else if (false) {/' \
    --seed 1 --minutes 0.8 --only files_lost,killed
mutant views_never_given_up consensus/timers.c \
    's/^            own_nullify\(self\);/            timers_disarm(self);/' --seed 1 --minutes 1 \
    --only isolated,killed --storm 25
mutant refused_and_done node/requests_act.c \
    's/^    uint32_t wait_ms = submit->wait_ms > WAIT_MS_MAX.*/&\
    if (seq % 64 == 63) { api_fail(self->api, \&call->route, COMITY_CLOSED, ""); return; }/' \
    $once --only isolated
}
echo "$survived survived"
[ "$survived" -eq 0 ]
