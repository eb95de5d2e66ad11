#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# play_test.sh COMITY SOURCE_DIR - `comity play`: a lesson stops where it must, tells the choice that
# is made and no other, and lays all of them side by side.
set -u
comity=$1 pack=$2/configs/scenarios/overflight.yaml
work=$(mktemp -d) || exit 1
trap 'rm -rf "$work"' EXIT
cd "$work" || exit 1
failed=0
fail() { echo "play_test: $*" >&2; failed=1; }
has() { grep -qF -- "$2" "$1" || { fail "no \"$2\" in $1:"; cat "$1" >&2; }; }
lacks() { ! grep -qF -- "$2" "$1" || fail "\"$2\" is in $1"; }

"$comity" play "$pack" --choose alone >alone </dev/null || fail "alone: exit code $?"
has alone 'Ostland: acting alone, "Air strikes on the camps"'
lacks alone 'A common mandate for the valley'
has alone 'days to effect        34 (A2)           0 (D1)            0 (D1)'
has alone 'burden per party      15 to 40 sorties  60 sorties *      15 to 55 sorties *'
has alone 'parties bound         5 of 6            0 of 6            4 of 6'
has alone 'legitimacy at home    4 of 5            -                 4 of 4'

"$comity" play "$pack" >none </dev/null || fail "no choice: exit code $?"
has none 'share covered         92.0 %            60.0 %            86.0 %'
lacks none '2034-03-12 ──' # The story stops before the day of the decision.

"$comity" play "$pack" --choose 1 --json >json || fail "json: exit code $?"
has json '"chosen": "together"'
has json '"days-to-effect": 34'

"$comity" play "$pack" --roles >roles || fail "roles: exit code $?"
has roles 'MER, Meridia'
lacks roles 'Side by side'

"$comity" play "$pack" --choose neither >out 2>err && fail 'a choice that is not there is played'
has err 'has no choice "neither"; it has together, alone, '
"$comity" play nowhere >out 2>err && fail 'a pack that is not there is played'
has err 'no lesson "nowhere" came with Comity'

# refuses WORDS SED-EXPRESSION: the pack changed so does not read, and the error says where.
refuses() {
    sed "$2" "$pack" >case.yaml
    "$comity" play case.yaml --brief >out 2>err
    code=$?
    [ "$code" = 2 ] || fail "exit code $code, not 2, for $2"
    has err "case.yaml:"
    has err "$1"
}
refuses 'the charter has no weight "ships"' 's/share: aircraft/share: ships/'
refuses 'the charter has no seat "XYZ"' 's/^    HAL: |/    XYZ: |/'
refuses 'unknown key "decides"' 's/^  decide:/  decides:/'
refuses 'the day of `decide` lies after the last act of every choice' 's/^  decide: .*/  decide: 2099-01-01/'
refuses 'it is no lesson: it has no `lesson`' '/^lesson:/,/^choices:/{/^choices:/!d;}'
sed 's/in-force: 2034-04-15}/in-force: 2034-04-16}/' "$pack" >case.yaml
"$comity" play case.yaml --brief >out 2>err
[ $? = 1 ] || fail 'a choice that goes otherwise than expected passes'
has err 'expected 2034-04-16, got 2034-04-15'
exit "$failed"
