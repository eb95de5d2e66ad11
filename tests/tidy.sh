#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# tidy.sh BUILD_DIR - the house rules, as a test. Prints `file:line: what` for each failure.
#
#   sizes        a file, a function and a line fit what a reader can hold
#   includes     a room sees only the rooms and libraries that the table below grants
#   symbols      a pure room's library needs nothing from outside but memory and strings
#   licence      one SPDX line opens every file
#   format       counted, not enforced: `./dev format` applies it
set -u
cd "$(dirname "$0")/.." || exit 2
build=${1:-build/dev}
LC_ALL=C
export LC_ALL

# room: the rooms whose headers it may include (its own is granted), then `|`, then libraries.
# `pure` rooms see no library and only the plainest headers of C; see `plain` below.
table='
base:       | sodium.h sodium/
model:      base | pure
rules:      base model | pure
forum:      base model rules | pure
consensus:  base model | pure
codec:      base model | protobuf-c/ pb-c.h
yaml:       base | yaml.h
charter:    base model rules codec yaml |
identity:   base model | sodium.h sodium/
store:      base model codec | sqlite3.h
wire:       base model codec identity | zmq.h sodium.h sodium/
instrument: base model rules forum codec charter identity | pb-c.h
overlay:    base model | pure
lobby:      base model codec identity | sodium.h pb-c.h
api:        base model rules forum codec charter | zmq.h pb-c.h
system:     base | seccomp.h
node:       base model rules forum consensus codec yaml identity charter store wire instrument lobby overlay api | pb-c.h
'

# What a pure room may include in angle brackets.
plain='assert.h stdbool.h stddef.h stdint.h string.h limits.h inttypes.h'

# The libraries the table speaks of; any other <header> is the C library or the kernel.
libraries='sodium.h sodium/ seccomp.h zmq.h zmq_utils.h sqlite3.h yaml.h jansson.h cmark.h protobuf-c/ pb-c.h'

# Files with a function above 70 lines, and how long their longest one is. It may only shrink:
# a number larger than the truth is a failure too, so lower it or remove the line.
long_functions='
'

# What a pure library may leave undefined, besides symbols of the rooms it may see.
allowed_symbols='^(mem(cpy|move|set|cmp|chr)|bcmp|str(len|nlen|cmp|ncmp|chr|rchr|spn|cspn|str)'
allowed_symbols="$allowed_symbols|__(memcpy|memmove|memset)_chk|__assert_fail|__stack_chk_fail|__(u)?(div|mod|divmod)ti[34]"
allowed_symbols="$allowed_symbols|_GLOBAL_OFFSET_TABLE_|__(u?div|u?mod|mul)ti[34]|__muloti4"
allowed_symbols="$allowed_symbols|__popcount[ds]i2|__(asan|ubsan|sanitizer|sancov|lsan)_.*)\$"
# What even a granted room may not lend to a pure one: time, the log, randomness.
impure_symbols='^(clock|log|random)_'

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
find . \( -path ./build -o -path ./.git \) -prune -o -type f -name '*.[ch]' -print |
    sed 's|^\./||' | sort >"$work/sources"

room_grants() { printf '%s\n' "$table" | sed -n "s/^$1:\\([^|]*\\)|.*/\\1/p"; }
pure_rooms() { printf '%s\n' "$table" | sed -n 's/^\([a-z]*\):.*|.*pure.*/\1/p'; }

check_sources() {
    # shellcheck disable=SC2016
    xargs -r awk -v table="$table" -v plain="$plain" -v libraries="$libraries" \
        -v long_functions="$long_functions" '
    function fail(line, text) { printf "%s:%d: %s\n", file, line, text }
    function in_list(list, name, items, i, count) {
        count = split(list, items, " ")
        for (i = 1; i <= count; i++)
            if (items[i] == name || (items[i] ~ /\/$/ && index(name, items[i]) == 1) ||
                (items[i] == "pb-c.h" && name ~ /\.pb-c\.h$/))
                return 1
        return 0
    }
    function finish_file() {
        if (file == "")
            return
        if (!licensed)
            fail(1, "no SPDX-License-Identifier: Apache-2.0 in the first 3 lines")
        if (file ~ /\.c$/ && lines > 800)
            fail(lines, "a .c file of " lines " lines; 800 at most")
        else if (file ~ /\.c$/ && lines > 500)
            printf "warning: %s:%d: a .c file of %d lines wants a reason\n", file, lines, lines
        if (file ~ /\.h$/ && lines > 200)
            fail(lines, "a .h file of " lines " lines; 200 at most")
        if (file in longest && longest_here < longest[file])
            fail(1, "longest function has " longest_here " lines, not " longest[file] \
                    ": lower or remove it in tests/tidy.sh")
    }
    function start_file(parts, count) {
        file = FILENAME
        licensed = in_function = longest_here = 0
        room = ""
        count = split(file, parts, "/")
        if (parts[1] == "daemon" && count > 2) {
            room = parts[2]
            if (!(room in rooms)) {
                fail(1, "room " room " is not in the table of tests/tidy.sh")
                room = ""
            }
        }
    }
    function check_function() {
        size = FNR - function_start + 1
        if (size > longest_here)
            longest_here = size
        if (size > 70 && size > longest[file] + 0)
            fail(function_start, "a function of " size " lines; 70 at most")
    }
    function check_include(text, quoted, name, owner) {
        sub(/^[ \t]*#[ \t]*include[ \t]*/, "", text)
        quoted = text ~ /^"/
        name = substr(text, 2)
        sub(/[">].*$/, "", name)
        if (in_list(libraries, name)) {
            if (!in_list(grants[room], name))
                fail(FNR, "room " room " may not use <" name ">")
        } else if (!quoted) {
            if (pure[room] && !in_list(plain, name))
                fail(FNR, "pure room " room " may not include <" name ">")
        } else if (name !~ /^[a-z_]+\/[a-z0-9_]+\.(h|inc)$/) {
            fail(FNR, "write an include as \"room/file.h\", not \"" name "\"")
        } else {
            owner = name
            sub(/\/.*$/, "", owner)
            if (owner != room && !in_list(rooms[room], owner))
                fail(FNR, "room " room " may not see room " owner)
        }
    }
    BEGIN {
        count = split(table, rows, "\n")
        for (i = 1; i <= count; i++) {
            if (rows[i] !~ /:/)
                continue
            name = substr(rows[i], 1, index(rows[i], ":") - 1)
            rest = substr(rows[i], index(rows[i], ":") + 1)
            bar = index(rest, "|")
            rooms[name] = substr(rest, 1, bar - 1)
            grants[name] = substr(rest, bar + 1)
            pure[name] = in_list(grants[name], "pure")
        }
        count = split(long_functions, rows, "\n")
        for (i = 1; i <= count; i++)
            if (split(rows[i], pair, " ") == 2)
                longest[pair[1]] = pair[2]
    }
    FNR == 1 { finish_file(); start_file() }
    {
        lines = FNR
        columns = $0
        gsub(/[\200-\277]/, "", columns) # A character of UTF-8 is one column.
        if (length(columns) > 100)
            fail(FNR, "a line of " length(columns) " columns; 100 at most")
        if (FNR <= 3 && index($0, "SPDX-License-Identifier: Apache-2.0"))
            licensed = 1
    }
    !in_function && (/^\{/ || /^[A-Za-z_].*\)[ \t]*\{$/) { in_function = 1; function_start = FNR }
    in_function && /^\}/ { in_function = 0; check_function() }
    room != "" && /^[ \t]*#[ \t]*include[ \t]*["<]/ { check_include($0) }
    END { finish_file() }' <"$work/sources"
}

# An empty file has no line for awk to see.
check_empty() {
    while read -r file; do
        [ -s "$file" ] || echo "$file:1: an empty file"
    done <"$work/sources"
}

room_library() {
    if [ -f "$build/daemon/$1/libcomity_$1.a" ]; then
        echo "$build/daemon/$1/libcomity_$1.a"
    else
        find "$build" -name "libcomity_$1.a" 2>/dev/null | head -n 1
    fi
}

defined_symbols() { nm --defined-only -g "$1" 2>/dev/null | awk 'NF == 3 { print $3 }'; }

check_symbols() {
    for room in $(pure_rooms); do
        ls "daemon/$room/"*.c >/dev/null 2>&1 || continue
        library=$(room_library "$room")
        if [ -z "$library" ]; then
            echo "daemon/$room:1: no libcomity_$room.a in $build; build it first"
            continue
        fi
        defined_symbols "$library" >"$work/lent"
        for other in $(room_grants "$room"); do
            from=$(room_library "$other")
            [ -z "$from" ] || defined_symbols "$from" | grep -Ev "$impure_symbols" >>"$work/lent"
        done
        # nm names the member first, then what it needs: keep both for the message.
        nm -u "$library" | awk -v room="$room" -v lent="$work/lent" \
            -v allowed="$allowed_symbols" '
            BEGIN { while ((getline name <lent) > 0) granted[name] = 1 }
            /:$/ { member = $1; sub(/\.o:$/, "", member); next }
            NF == 2 && !($2 in granted) && $2 !~ allowed {
                printf "daemon/%s/%s:1: a pure room needs the symbol %s\n", room, member, $2
            }'
    done
}

count_format() {
    command -v clang-format >/dev/null 2>&1 || { echo "format: clang-format is missing"; return; }
    differing=$(xargs -r clang-format --dry-run <"$work/sources" 2>&1 |
        sed -n 's/:[0-9]*:[0-9]*: warning: code should be clang-formatted.*//p' | sort -u | wc -l)
    echo "format: $differing files differ"
}

{
    check_sources
    check_empty
    check_symbols
} >"$work/findings" 2>&1
cat "$work/findings"
count_format
failures=$(grep -vc '^warning: ' "$work/findings")
echo "tidy: $(wc -l <"$work/sources") files, $failures failures"
[ "$failures" -eq 0 ]
