# SPDX-License-Identifier: Apache-2.0
# mutants_common.sh - what both lists of mutants share. Each mutant is one edit of a copy of the
# daemon's source: the simulator must fail on it within a bounded number of seeds, and the original
# must pass the seed that did it. An edit that no longer applies is a failure, whatever is run.
#
# Arguments: [--part K/N] every N-th mutant from the K-th on; [--today N] the part of this day of
# N; [NAME...] these. BUILD is an up-to-date build without sanitizers: an edited file takes the
# place of its archive's member. Set before mutants: `source_root`, `program`, `flags`, `libraries`.
set -u
CC=${CC:-cc}
BUILD=${BUILD:-build/release}
limit=${LIMIT:-240}
survived=0 ran=0 number=0 part=1 parts=1 wanted=" "

while [ $# -gt 0 ]; do
    case $1 in
    --part) part=${2%/*} parts=${2#*/}; shift ;;
    --today) # Another part each day, the same one on every machine.
        parts=$2 part=$(($(date -u +%s) / 86400 % $2 + 1)); shift ;;
    -*) echo "usage: $0 [--part K/N | --today N] [NAME...]" >&2; exit 2 ;;
    *) wanted="$wanted$1 " ;;
    esac
    shift
done
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
[ "$parts" = 1 ] || echo "part $part of $parts"

base="$BUILD/bin/$program"
objects=$(find "$BUILD/tests/sim" -path "*/$program.dir/*" -name '*.o')
if [ ! -x "$base" ] || [ -z "$objects" ]; then
    echo "$base is not there: cmake --preset release && cmake --build --preset release" >&2
    exit 2
fi

is_wanted() { # is_wanted NAME
    [ $((number % parts)) -eq $((part % parts)) ] || return 1
    case "$wanted" in " " | *" $1 "*) return 0 ;; esac
    return 1
}

complain() { # complain NAME WHAT
    echo "$1: $2"
    survived=$((survived + 1))
}

# mutant NAME "FILES" SED ARGUMENTS...: must be killed by the program with these arguments; the
# edit must change each of the files.
mutant() {
    name=$1 files=$2 edit=$3
    shift 3
    number=$((number + 1))
    copy="$work/$name"
    mkdir -p "$copy"
    for file in $files; do
        edited="$copy/$(basename "$file")"
        sed -E "$edit" "$source_root/$file" >"$edited"
        if cmp -s "$edited" "$source_root/$file"; then
            complain "$name" "the edit of $file no longer applies"
            return
        fi
    done
    is_wanted "$name" || return
    ran=$((ran + 1))
    for file in $files; do
        # shellcheck disable=SC2086
        if ! $CC $flags -I"$(dirname "$source_root/$file")" -c "$copy/$(basename "$file")" \
            -o "$copy/$(basename "$file" .c).o"; then
            complain "$name" "does not compile"
            return
        fi
    done
    # shellcheck disable=SC2086
    if ! $CC $objects "$copy"/*.o $wraps -Wl,--start-group $(find "$BUILD/daemon" "$BUILD/proto" \
        -name '*.a') -Wl,--end-group $libraries -o "$copy/run"; then
        complain "$name" "does not link"
        return
    fi
    case "$*" in *--twins*) stop= ;; *) stop=--no-minimize ;; esac
    # shellcheck disable=SC2086
    timeout "$limit" "$copy/run" "$@" $stop >"$copy/output" 2>&1
    status=$?
    again=$(sed -n "s/^  $program \\(.*\\) --trace\$/\\1/p" "$copy/output" | head -n 1)
    if [ $status -eq 0 ]; then
        complain "$name" "SURVIVED $(tail -n 1 "$copy/output")"
    elif [ $status -eq 124 ] && [ -z "$again" ]; then
        complain "$name" "SURVIVED for $limit s"
    # shellcheck disable=SC2086
    elif [ -n "$again" ] && ! "$base" $again --no-minimize >/dev/null 2>&1; then
        complain "$name" "proves nothing: the original fails too: $program $again"
    else
        echo "$name: killed: $(grep -m 1 -E 'seed|scenario|ssert' "$copy/output" | cut -c 1-150)"
    fi
    rm -rf "$copy"
}

finish() {
    echo "$ran of $number run, $survived survived"
    [ "$survived" -eq 0 ] && [ $((ran > 0)) -eq 1 ]
}
