#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# format_test.sh COMITY SOURCE_DIR - the scenario file format: the manual's example prints what the
# manual shows; every mistake is told with its file and line; what differs fails.
set -u
comity=$1 source=$2
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
fail() { echo "format_test: $*" | tee -a failures >&2; } # A file: pipes run in their own shell.

# The first literal block is the file, the second what it prints.
block() { awk -v n="$1" '/^\.Bd -literal/ { k++; next } /^\.Ed/ { on = 0 }
    { if (k == n && !done) print } /^\.Ed/ { if (k == n) done = 1 }' \
    "$source/docs/man/comity-scenario.5" | sed -e '/^\.Ed/d' -e 's/^\\&//' -e 's/\\e/\\/g'; }
steady() { sed 's/^replayed: .*/replayed/'; }
block 1 >fish.yaml
"$comity" replay fish.yaml >out || fail "the manual's example does not pass"
steady <out >got
block 2 | steady >want
cmp -s want got || { fail "the manual shows other output"; diff want got >&2; }

# refuses CODE WORDS: the file on standard input ends the replay so, saying this.
refuses() {
    cat >case.yaml
    "$comity" replay case.yaml >out 2>&1
    code=$?
    [ "$code" = "$1" ] || fail "exit code $code, not $1, for: $2"
    grep -qF -- "$2" out || { fail "no \"$2\" in:"; cat out >&2; }
}
with() { sed "$1" fish.yaml; }

with 's/^title:/titel:/' | refuses 2 'case.yaml:2:1: unknown key "titel"'
with 's/propose: /poropose: /' | refuses 2 'case.yaml:18:12: no act in this map'
with 's/yes to nets/yes to gnats/' | refuses 2 'no act is called "gnats"'
with 's/yes to nets/jes to nets/' | refuses 2 '"jes" begins no act'
with 's/WES: abstain/WAS: abstain/' | refuses 2 'case.yaml:20:7: the charter has no seat or group "WAS"'
with 's/2030-03-01/2030-02-30/' | refuses 2 'case.yaml:22:3:'
with 's/2030-03-01/2029-03-01/' | refuses 2 'not there yet on that day'
with 's/verdict: adopted/verdict: adapted/' | refuses 2 'case.yaml:25:19:'
with 's/NOR: {propose/NOR, EAS: {propose/' | refuses 2 '`as` names one act, and here are 2'
with 's/binding: yes/bending: yes/' | refuses 2 'unknown key "bending"'
with 's/seats: {NOR: North/file: none.csv #/' | refuses 2 'none.csv'
with 's/in-force: 2030-01-31/in-force: 2030-02-01/' |
    refuses 1 'case.yaml:25: nets: in-force: expected 2030-02-01, got 2030-01-31'
with 's/EAS: {defection: 1}/EAS: {defection: 0}/' | refuses 1 'EAS: defection: expected 0, got 1'
with 's/NOR, EAS: ratify nets/NOR, NOR, EAS: cosponsor nets/' |
    refuses 1 'expected it to be accepted, got refused'
with 's/EAS: withdraw from nets/EAS: {withdraw: nets, refused: locked}/' |
    refuses 1 'expected a refusal (locked), got accepted'
with 's/WES: abstain on nets/WES: {ratify: nets, refused: is no agreement}/' |
    refuses 1 'got open'
with 's/presided: 2030-01-01/presided: 2031-01-01/' | refuses 2 "before the charter's clock starts"

with 's/, role: chair//' | refuses 2 'no seat is the chair'

pledging='s/EAS: withdraw from nets/EAS: pledge 5 t of fish by 2031-01-01 under nets/; s/conduct: .*//'
with 's/EAS: withdraw.*/EAS: pledge many t of fish under nets/' |
    refuses 2 'case.yaml:23:12: `many t of fish` does not begin with a whole number'
with 's/EAS: withdraw.*/EAS: report 5 t of fish/' | refuses 2 'under what?'
with 's/EAS: withdraw.*/EAS: contribute -5 to nets/' | refuses 2 'is no whole sum'
with 's/EAS: withdraw.*/EAS: {contribute: 5 to nets, refused: A1 has no fund}/; s/conduct: .*//' |
    refuses 0 'all 4 expectations met'
with "$pledging; s/parties: .*}/goals: {fish: {pledgd: 5}}}/" | refuses 2 'there is no figure "pledgd" here'
with "$pledging; s/parties: .*}/goals: {fish: {pledged: 5}}}/" | refuses 0 'all 3 expectations met'
with "$pledging; s/parties: .*}/goals: {fish: {pledged: 6}}}/" |
    refuses 1 'case.yaml:25: nets: fish: pledged: expected 6, got 5'
with "$pledging; s/parties: .*}/pledges: {EAS: {fish by 2031-01-02: {short-by: 5}}}}/" |
    refuses 1 'short-by: expected a figure, got none'
with "$pledging; s/parties: .*}/fund: {balance: 0}}/" | refuses 1 'balance: expected a figure, got none'

with 's/NOR: {propose: No nets.*/&\n    - SEC: {propose: Again, refused: only a member}/' >case.yaml
"$comity" replay --narrate case.yaml >out 2>&1 || fail "a refused proposal: $(cat out)"
grep -qF 'proposal "Again", by the rule' out || fail "a refused proposal has no number: $(cat out)"

# What cannot be an act at all: where, whose, which field.
with 's/EAS: withdraw.*/EAS: contribute 0 to nets/' |
    refuses 2 'case.yaml:23: the act of EAS cannot be written down: contribute.quantity: expected a sum of at least 1'
with 's/^title:.*/&\nforums: {beside: {charter: {name: beside, seats: [ZZZ], rules: {r: yes >= 1}}}}/' |
    refuses 2 'seat "ZZZ" does not sit in the main forum'
with 's/^title: ./&\xff/' | refuses 2 'case.yaml:2:9: invalid leading UTF-8 octet'

cat >roster.csv <<'CSV'
code,name,catch,coast
NOR,"North, the",5,yes
EAS,East,,no
CSV
with 's/seats: {NOR.*/{file: roster.csv, seat: cod}/' | refuses 2 'roster.csv has no column "cod"; it has code, name'
printf 'WES,West,3\n' >>roster.csv
with 's/seats: {NOR.*/{file: roster.csv, seat: code}/' | refuses 2 'roster.csv:4: a row of 3 cells under 4 columns'
sed -i 's/^WES.*/WES,West,three,yes/' roster.csv
with 's/seats: {NOR.*/{file: roster.csv, seat: code, weights: {kt: catch}}/' | refuses 2 'roster.csv:4'
sed -i 's/three/3/' roster.csv
with 's/seats: {NOR.*/{file: roster.csv, seat: code, title: name, weights: {kt: catch}, groups: {shore: {column: coast, is: "yes"}}}/; s/sentence: .*/sentence: yes in shore by kt >= 5/' |
    refuses 0 'all 5 expectations met'
with 's/seats: {NOR.*/{file: roster.csv, seat: code, groups: {shore: {column: coast, is: "yes"}}}/; s/NOR, EAS: yes/shore: yes/; s/WES: abstain/all but shore: abstain/' |
    refuses 0 'formed by NOR; stayed out WES; defected EAS'

# Forums side by side, by the shipped example.
beside() { sed "$1" "$source/configs/scenarios/forum-shift.yaml"; }
beside 's/^  willing:/  wilting:/' | refuses 2 'goes by its charter'
beside 's/^\(        - {name: BRE, title: Brevia}\)/\1\n        - {name: FOE, key: '"$(printf '%064d' 7)"'}/' | refuses 2 'FOE'
beside 's/carried: ban,/carried: bin,/' | refuses 2 'the main forum has no proposal "bin"'
beside 's/as: ban,/as: ban, carried: basing,/' | refuses 2 'carried from the main forum into one of'
beside 's/{shift: ban, to: willing}/{shift: ban}/' | refuses 2 'a shift needs `to`'
beside 's/      2033-02-10:/      2033-02-10:\n        - kill: ALD/' | refuses 2 'stand among the main'
beside 's/      2033-02-01:/      2033-01-09:/' | refuses 2 'an act before the charter'
beside 's/proposed: 1, adopted-yes: 1/proposed: 2, adopted-yes: 1/' |
    refuses 1 'ALD: proposed: expected 2, got 1'
beside 's/shifted: 1, endorsed/shafted: 1, endorsed/' | refuses 2 '"shafted" is no class and no kind of conduct'
beside 's/^      2033-02-01:/      2033-01-10:/; s/^  2033-01-10:/  2033-01-12:/' |
    refuses 1 '"ban" is not in the main forum'

"$comity" replay fish.yaml --choice none >out 2>&1
[ $? = 2 ] || fail "a choice that is not there passes"
"$comity" replay fish.yaml --json | grep -q '"differences": \[\]' || fail "no JSON"
[ ! -s failures ] && echo "format_test: all well"
