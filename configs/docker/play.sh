#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Plays one question twice, by two rules, through the four daemons' sockets; leaves the forum open.
set -eu
here=$(dirname "$0")
data=${COMITY_DATA:-/var/lib/comity}
cd "$data"
if [ -e played ]; then
    echo "The story was told before; the forum is open:"
    comity -d fra.sock docket
    exit 0
fi
as() {
    seat=$1
    shift
    echo
    echo "[$seat] \$ comity $*"
    comity -d "$seat.sock" --wait 60s "$@"
}
say() {
    echo
    echo "== $*"
}
say "Four delegations take their seats."
as bra convene rivers.charter
for seat in deu fra jpn; do
    as "$seat" join rivers.charter
done
say "France asks everybody to agree: one no is enough to stop it."
as fra propose "$here/warning.md" --rule together --topic rivers --binding
as fra vote P1 yes
as deu vote P1 yes
as bra vote P1 yes
as jpn vote P1 no
as jpn show P1
say "The same text among the willing: three are enough, and it binds only who said yes."
as deu propose "$here/warning.md" --rule willing --topic rivers --binding
as deu vote P2 yes
as fra vote P2 yes
as bra vote P2 yes
say "Japan goes its own way, and says so. That is no defection: it promised nothing."
as jpn act-alone "Japan publishes its river levels to everybody" --topic rivers
as jpn endorse P2
say "What was agreed, as a file that proves itself without any daemon."
as fra export A1 -o flood-warning.instrument
as fra verify flood-warning.instrument
touch played
say "The forum stays open. Where things stand:"
as fra docket
