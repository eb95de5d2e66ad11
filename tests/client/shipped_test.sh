#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# shipped_test.sh COMITY SOURCE_DIR - every institution is found by its name, from the tree and as
# installed, has a scenario and a source, and a name that is none says where the names are.
set -u
comity=$1 source=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() { echo "shipped_test: $*" | tee -a failures >&2; }

mkdir -p usr/bin usr/share/comity
cp "$comity" usr/bin/comity
cp -r "$source/configs/forums" usr/share/comity/
for program in "$comity" usr/bin/comity; do
    "$program" charter list >list || fail "$program cannot list"
    for file in "$source"/configs/forums/*.yaml; do
        name=$(basename "$file" .yaml)
        grep -q "^$name " list || fail "$name is not in the list"
        "$program" charter check "$name" >out 2>err || fail "$name does not load: $(cat err)"
        "$program" --json charter print "$name" >/dev/null 2>err && continue
        grep -q "no key for seat" err || fail "$name: $(cat err)" # A template, as all of these.
    done
    "$program" --json charter list | grep -q '"institution": "un-security-council"' ||
        fail "no JSON"
done
for file in "$source"/configs/forums/*.yaml; do
    name=$(basename "$file" .yaml)
    grep -qx "charter: $name" "$source/tests/replay/institutions/$name.yaml" ||
        fail "no scenario plays $name"
    grep -q "^# .*https\{0,1\}://" "$file" || fail "$name cites no source"
done
"$comity" charter check vienna-convention >out 2>err
grep -q 'found under article-60; it may lead to suspending the agreement, ending it' out ||
    fail "what follows a breach is not said: $(cat out)"
"$comity" charter check imf 2>err | grep -q 'a proposal may suspend votes, restore' ||
    fail "what a proposal may do is not said"
rm -r usr/share
usr/bin/comity charter list >out 2>&1 && fail "lists what it does not have"
usr/bin/comity charter check g7 >out 2>&1 && fail "finds what it does not have"
grep -q 'no institution "g7" came with Comity' out || fail "$(cat out)"
"$comity" charter check atlantis >out 2>&1 && fail "finds Atlantis"
grep -q 'no institution "atlantis" came with Comity (`comity charter list`' out || fail "$(cat out)"
"$comity" charter check ./g7 >out 2>&1 && fail "takes a path for a name"
printf 'name: mine\nseats: [A]\nrules: {r: yes >= 1}\n' >g7
"$comity" charter check g7 2>&1 | grep -q '^mine' || fail "a file of one's own comes second"
"$comity" rule power nosuch --charter "$source/configs/forums/imf.yaml" >out 2>&1 &&
    fail "measures what is no rule"
grep -q 'imf has no rule nosuch; it has ' out || fail "$(cat out)"
"$comity" rule power 'yes >= 2' members=99999999 >out 2>&1 && fail "takes as many as one says"
grep -q 'there are at most 256' out || fail "$(cat out)"
for words in explain check; do
    "$comity" --json rule $words 'yes >= 2 and no in P5 = 0' >out 2>&1
    grep -q '^{"rule": "yes >= 2 and no in P5 = 0"' out || fail "no JSON of rule $words: $(cat out)"
done
for command in '' $("$comity" completion bash | sed -n "s/^    '') words=\"\(.*\)\" ;;/\1/p"); do
    "$comity" help $command </dev/null >out 2>&1
    [ "$(awk 'length > 80' out)" = "" ] || fail "help $command: $(awk 'length > 80' out)"
done
"$comity" completion bash | grep '^    play)' | grep -q -- '--choose.*--roles' ||
    fail "the options of play are not completed"
[ ! -s failures ] && echo "shipped_test: all well"
