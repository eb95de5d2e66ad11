#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# interrupt_test.sh COMITY SCENARIO - a cluster that is told to stop leaves no process and no
# temporary folder behind; killed outright, it leaves no process.
set -u
comity=$1 scenario=$2
TMPDIR=$(mktemp -d) || exit 1
export TMPDIR
trap 'rm -rf "$TMPDIR"' EXIT
fail() { echo "interrupt_test: $*" >&2; exit 1; }

# Prints its process id once the forum is convened.
run_until_convened() {
    mkfifo "$TMPDIR/told"
    "$comity" cluster run "$scenario" >"$TMPDIR/out" 2>"$TMPDIR/told" &
    run=$!
    exec 3<"$TMPDIR/told"
    while read -r line <&3; do
        case $line in *"is convened"*) break ;; esac
    done
    rm "$TMPDIR/told"
}

daemons() { # Those that run under our folder.
    for entry in /proc/[0-9]*; do
        { tr '\0' ' ' <"$entry/cmdline"; } 2>/dev/null |
            grep -q "comityd $TMPDIR/comity-" && echo "${entry#/proc/}"
    done
}

for signal in INT TERM KILL; do
    run_until_convened
    [ -n "$(daemons)" ] || fail "no daemon runs before SIG$signal"
    kill -s "$signal" "$run"
    cat <&3 >/dev/null # Until nobody holds the other end: neither it nor a daemon.
    exec 3<&-
    wait "$run"
    code=$?
    [ "$code" -gt 128 ] || fail "SIG$signal: exit code $code"
    left=$(daemons)
    [ -z "$left" ] || [ "$signal" = KILL ] || fail "SIG$signal leaves processes: $left"
    for pid in $left; do # The kernel kills them with their parent: see their end.
        tail --pid="$pid" -f /dev/null
    done
    [ "$signal" = KILL ] || [ -z "$(ls -d "$TMPDIR"/comity-* 2>/dev/null)" ] ||
        fail "SIG$signal leaves its folder"
done
echo "interrupt_test: no process is left"
