#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Each check of tidy.sh bites: a tiny tree that passes, then one violation at a time.
set -u
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
passed=0
failed=0
spdx='/* SPDX-License-Identifier: Apache-2.0 */'

compile() { # compile ROOM: an archive as the build would leave it
    mkdir -p "$tree/build/dev/daemon/$1"
    for source in "$tree/daemon/$1/"*.c; do
        ${CC:-cc} -c -I "$tree/daemon" -o "${source%.c}.o" "$source" || exit 2
    done
    ar rc "$tree/build/dev/daemon/$1/libcomity_$1.a" "$tree/daemon/$1/"*.o
    rm -f "$tree/daemon/$1/"*.o
}

# A base that reads the clock and a pure room that does arithmetic: nothing to complain about.
fresh_tree() {
    tree=$work/tree
    rm -rf "$tree"
    mkdir -p "$tree/tests" "$tree/daemon/base" "$tree/daemon/rules" "$tree/daemon/store"
    cp "$here/tidy.sh" "$tree/tests/"
    printf '%s\n' "$spdx" 'long clock_now(void);' 'long base_twice(long value);' \
        >"$tree/daemon/base/base.h"
    printf '%s\n' "$spdx" '#include "base/base.h"' '#include <time.h>' \
        'long clock_now(void)' '{' '    return (long)time(0);' '}' \
        'long base_twice(long value)' '{' '    return 2 * value;' '}' >"$tree/daemon/base/base.c"
    printf '%s\n' "$spdx" '#include "base/base.h"' '#include <string.h>' \
        'long rules_size(const char *text);' 'long rules_size(const char *text)' '{' \
        '    return base_twice((long)strlen(text));' '}' >"$tree/daemon/rules/rule.c"
    printf '%s\n' "$spdx" '#include <sqlite3.h>' '#include "base/base.h"' \
        'int store_none;' >"$tree/daemon/store/store.c"
    compile base
    compile rules
}

tidy() { sh "$tree/tests/tidy.sh" build/dev >"$work/output" 2>&1; }

verdict() { # verdict NAME GOOD
    if [ "$2" = yes ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "FAILED: $1"
        sed 's/^/    /' "$work/output"
    fi
}

passes() { # passes NAME
    if tidy; then verdict "$1" yes; else verdict "$1" no; fi
}

bites() { # bites NAME TEXT: tidy fails and says TEXT
    if ! tidy && grep -q -- "$2" "$work/output"; then verdict "$1" yes; else verdict "$1" no; fi
}

blank_lines() { awk -v count="$1" 'BEGIN { for (i = 0; i < count; i++) print "" }'; }

function_of() { # function_of LINES
    echo 'static void long_one(void)'
    echo '{'
    blank_lines $(($1 - 2))
    echo '}'
}

fresh_tree
passes a_clean_tree_passes

fresh_tree
blank_lines 600 >>"$tree/daemon/base/base.c"
passes a_source_above_500_lines_only_warns
grep -q '^warning: daemon/base/base.c:' "$work/output" && warned=yes || warned=no
verdict the_warning_is_said "$warned"

fresh_tree
blank_lines 800 >>"$tree/daemon/base/base.c"
bites a_source_above_800_lines '^daemon/base/base.c:811: a .c file of 811 lines'

fresh_tree
blank_lines 198 >>"$tree/daemon/base/base.h"
bites a_header_above_200_lines '^daemon/base/base.h:201: a .h file of 201 lines'

fresh_tree
function_of 70 >>"$tree/daemon/base/base.c"
passes a_function_of_70_lines_passes
function_of 71 >>"$tree/daemon/base/base.c"
bites a_function_above_70_lines '^daemon/base/base.c:84: a function of 71 lines'

fresh_tree
function_of 80 >>"$tree/daemon/base/base.c"
sed -i "s|^long_functions='|&\ndaemon/base/base.c 80|" "$tree/tests/tidy.sh"
passes a_listed_long_function_passes
sed -i 's|^daemon/base/base.c 80|daemon/base/base.c 90|' "$tree/tests/tidy.sh"
bites the_list_only_shrinks 'longest function has 80 lines, not 90'

fresh_tree
awk 'BEGIN { for (i = 0; i < 98; i++) text = text "x"; print "/*" text "*/" }' \
    >>"$tree/daemon/base/base.h"
bites a_line_above_100_columns '^daemon/base/base.h:4: a line of 102 columns'

fresh_tree
awk 'BEGIN { for (i = 0; i < 95; i++) text = text "\303\251"; print "/*" text "*/" }' \
    >>"$tree/daemon/base/base.h"
passes columns_are_characters_not_bytes

fresh_tree
sed -i 1d "$tree/daemon/base/base.h"
bites a_file_without_a_licence_line '^daemon/base/base.h:1: no SPDX'

fresh_tree
: >"$tree/daemon/base/empty.h"
bites an_empty_file '^daemon/base/empty.h:1: an empty file'

fresh_tree
echo '#include "store/store.h"' >>"$tree/daemon/base/base.c"
bites a_room_that_looks_upwards '^daemon/base/base.c:12: room base may not see room store'

fresh_tree
echo '#include "base.h"' >>"$tree/daemon/base/base.c"
bites an_include_without_its_room '^daemon/base/base.c:12: write an include as'

fresh_tree
echo '#include "../store/store.h"' >>"$tree/daemon/base/base.c"
bites an_include_around_the_wall '^daemon/base/base.c:12: write an include as'

fresh_tree
echo '#include <zmq.h>' >>"$tree/daemon/store/store.c"
bites a_library_that_was_not_granted '^daemon/store/store.c:5: room store may not use <zmq.h>'

fresh_tree
echo '#include "acts.pb-c.h"' >>"$tree/daemon/store/store.c"
bites generated_headers_outside_the_codec 'room store may not use <acts.pb-c.h>'

fresh_tree
mkdir "$tree/daemon/attic"
echo "$spdx" >"$tree/daemon/attic/attic.h"
bites a_room_outside_the_table '^daemon/attic/attic.h:1: room attic is not in the table'

fresh_tree
echo '#include <stdio.h>' >>"$tree/daemon/rules/rule.c"
bites a_pure_room_that_includes_stdio '^daemon/rules/rule.c:9: pure room rules may not include'

fresh_tree
printf '%s\n' 'void *malloc(unsigned long);' 'void *rules_leak(void);' \
    'void *rules_leak(void)' '{' '    return malloc(9);' '}' >>"$tree/daemon/rules/rule.c"
compile rules
bites a_pure_room_that_allocates '^daemon/rules/rule:1: a pure room needs the symbol malloc'

fresh_tree
printf '%s\n' 'long rules_now(void);' 'long rules_now(void)' '{' '    return clock_now();' '}' \
    >>"$tree/daemon/rules/rule.c"
compile rules
bites a_pure_room_that_reads_the_clock 'a pure room needs the symbol clock_now'

fresh_tree
rm -r "$tree/build/dev/daemon/rules"
bites a_library_that_was_not_built 'no libcomity_rules.a in build/dev; build it first'

if command -v clang-format >/dev/null 2>&1; then
    fresh_tree
    cp "$here/../.clang-format" "$tree/"
    echo 'int   a ;' >>"$tree/daemon/base/base.c"
    tidy
    grep -q '^format: [1-9][0-9]* files differ' "$work/output" && counted=yes || counted=no
    verdict an_unformatted_file_is_counted "$counted"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
