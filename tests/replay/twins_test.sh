#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# twins_test.sh COMITY SOURCE - pledge and review and a binding accord differ in one word of their
# charter: same acts, same figures, and only what the gap is called differs.
set -eu
comity=$1
cd "$2/configs/scenarios"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { echo "twins: $*" >&2; exit 1; }

part() { sed -n "/^$2:/,/^[a-z]/p" "$1" | sed '$d'; }
for key in roster acts; do
    for twin in pledges binding; do part climate-$twin.yaml $key >"$work/$key.$twin"; done
    [ -s "$work/$key.pledges" ] || fail "climate-pledges.yaml has no $key"
    cmp -s "$work/$key.pledges" "$work/$key.binding" || fail "their $key differ"
done

for twin in pledges binding; do part climate-$twin.yaml charter >"$work/charter.$twin"; done
sed 's/shortfall: note/shortfall: breach/' "$work/charter.pledges" >"$work/charter.turned"
cmp -s "$work/charter.pledges" "$work/charter.binding" && fail "their charters are the same"
cmp -s "$work/charter.turned" "$work/charter.binding" || fail "their charters differ in more"

# The binding charter put under the other's acts and expectations: the figures hold, and nothing
# but the defections is another.
sed 's/shortfall: note/shortfall: breach/' climate-pledges.yaml >"$work/turned.yaml"
"$comity" replay "$work/turned.yaml" >"$work/out" 2>&1 && fail "the charter makes no difference"
grep 'expected' "$work/out" >"$work/differences" || fail "nothing differs: $(cat "$work/out")"
grep -v 'defect' "$work/differences" && fail "more than the defections differs"
[ "$(wc -l <"$work/differences")" -eq 3 ] || fail "$(cat "$work/differences")"
echo "twins: one word of the charter, three expectations of conduct, no figure"
