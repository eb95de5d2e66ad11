#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# session.sh COMITY COMITYD PYTHON PYTHONPATH: a whole session with a real daemon: two delegations,
# each with its own, from the first key to an agreement that verifies.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
comity=$1 comityd=$2 python=$3 PYTHONPATH=$4
export PYTHONPATH
work=$(mktemp -d)
daemons=
stop() {
    for pid in $daemons; do
        kill "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    rm -rf "$work"
}
trap stop EXIT
cd "$work"
unset COMITY_SOCKET COMITY_FORUM XDG_RUNTIME_DIR

fail() {
    echo "session: $*" >&2
    cat FRA/log GBR/log >&2 2>/dev/null || true
    exit 1
}
# expect EXIT TEXT COMMAND...: it ends so, and says so.
expect() {
    wanted=$1 text=$2
    shift 2
    end=0
    "$comity" "$@" >out 2>&1 || end=$?
    [ "$end" = "$wanted" ] || fail "comity $* ended with $end, not $wanted: $(cat out)"
    grep -qF -- "$text" out || fail "comity $* did not say '$text' but: $(cat out)"
}
fra() { wanted=$1 text=$2; shift 2; expect "$wanted" "$text" -d FRA/sock.sock "$@"; }
gbr() { wanted=$1 text=$2; shift 2; expect "$wanted" "$text" -d GBR/sock.sock "$@"; }
key() { "$comity" fingerprint --json "$1" | sed -n 's/.*"key": "\(.*\)",/\1/p'; }
# Ports of their own, out of the range systems give out by themselves.
port=$((20000 + $$ % 10000))

mkdir FRA GBR
expect 0 fingerprint keygen --no-passphrase FRA/key
expect 0 fingerprint keygen --no-passphrase GBR/key
expect 1 'stays as it is' keygen FRA/key
expect 0 'the key is stored in clear' keygen clear.key </dev/null
expect 0 fingerprint keygen --no-passphrase meant.key </dev/null
! grep -q 'in clear' out || fail "keygen --no-passphrase said: $(cat out)"
cat >pair.yaml <<YAML
name: pair
title: Two delegations
seats:
  - {name: FRA, title: France, key: $(key FRA/key)}
  - {name: GBR, title: United Kingdom}
rules:
  both: {sentence: "yes = all members", binds: consenting, attestations: 1,
    fund: {spent-by: both, issue: relief, unit: USD}}
topics: [climate]
YAML
printf 'key: key\ndata: data.db\nsocket: sock.sock\nlisten: tcp://127.0.0.1:%d\npeers:\n  - {key: %s}\n' \
    "$port" "$(key GBR/key)" >FRA/comityd.yaml
printf 'key: key\ndata: data.db\nsocket: sock.sock\npeers:\n  - {key: %s, address: "127.0.0.1:%d"}\n' \
    "$(key FRA/key)" "$port" >GBR/comityd.yaml
expect 0 '1 seats have no key yet' charter check pair.yaml
expect 1 'no key for seat "GBR"' charter compile pair.yaml
expect 3 'no daemon listens' -d FRA/sock.sock status
for seat in FRA GBR; do
    (cd $seat && exec "$comityd" comityd.yaml >log 2>&1) &
    daemons="$daemons $!"
done
for seat in FRA GBR; do
    tries=0
    until "$comity" -d $seat/sock.sock status >/dev/null 2>&1; do
        tries=$((tries + 1))
        [ $tries -lt 200 ] || fail "the daemon of $seat does not answer"
        sleep 0.1
    done
done

fra 0 'You sit in no forum yet'
fra 0 'Convened pair' convene pair.yaml --key GBR="$(key GBR/key)"
gbr 1 'no key for seat' join pair.yaml
gbr 1 'this invitation is incomplete or was changed' join comity1:AAAA GBR
gbr 0 'Joining pair' join pair.charter
fra 0 'GBR has joined' watch --from start --count 2 --for 20s

cat >text.md <<'MD'
# Meeting weekly

Recalling that <b>little</b> was said,

1. Decides to meet weekly;
2. Decides to remain seized of the matter.
MD
fra 0 'Final at height' propose text.md --topic climate --binding --term cap=5Mt \
    --pledge GBR:coal:-5:Mt:2030-12-31 --pledge 'FRA: 3 Mt of CO2 by 2040-01-01' \
    --goal '10 Mt of CO2 by 2040-01-01' --goal '101 USD of relief'
fra 2 'does not begin with a whole number' propose text.md --goal 'much CO2'
fra 2 'agreement:sum:seat' propose text.md --spend A1:FRA
fra 1 'not text in UTF-8' propose pair.charter
head -c 100000 /dev/zero | tr '\0' x >long.md
fra 1 'at most 65536 bytes, its text and signature included, and 30720 without the text; this text has 100000' \
    propose long.md --title 'Too long'
fra 1 'propose.terms: "cap" is given twice' propose text.md --term cap=1 --term cap=2
gbr 0 'vote on P1: Meeting weekly' docket
gbr 0 'Final at height' amend P1 add 3 'Invites all.'
gbr 0 '1 yes, all 2 needed' vote P1 yes
fra 1 'there is no proposal "P9"' vote P9 yes
fra 0 'adopted: ' vote P1 yes
fra 0 'In favour: 2' show P1 --format html
grep -q '<td>relief</td><td class="number">101</td>' out || fail "no goal on the page: $(cat out)"
fra 0 '- Goal: 10 Mt of CO2 by 2040-01-01' show P1 --format markdown
fra 0 '"verdict": "adopted"' show P1 --json
fra 0 'bound' show A1
fra 0 'yes = all members' show charter

# What follows the signing.
fra 0 'Final at height' pledge A1 4 Mt of CO2 by 2040-01-01
fra 0 'Final at height' pledge A1 --quantity 2 --unit Mt --issue CO2 --due 2040-01-01
fra 0 'pledges 4 Mt of CO2 by 2040-01-01 under A1' record
fra 2 'does not say of what' pledge A1 40
fra 2 'no day such as' pledge A1 '40 Mt of CO2 by 2030'
fra 2 'not both' pledge A1 '40 Mt of CO2' --quantity 3
fra 1 'just that' pledge A1 2 Mt of CO2 by 2040-01-01
gbr 1 'no pledge of that issue' report A1 2 Mt of CO2 by 2040-01-01
fra 0 'Final at height' report A1 1 Mt of CO2 by 2040-01-01
fra 1 'own report' attest A1/r1
gbr 0 'vouch for A1/r1 of FRA, or dispute it' docket
gbr 0 'Final at height' attest a1/r1
gbr 0 'Final at height' attest A1/r1 --dispute
gbr 0 'disputes A1/r1 of FRA: 0 for, 1 against' watch --from start --for 1s
gbr 1 'A1 has one report, A1/r1' attest A1/r7
gbr 2 'is no report' attest P1
gbr 0 'Final at height' contribute A1 60
gbr 2 'is no sum' contribute A1 -60
fra 1 'only 60 USD there' propose text.md --title 'Too much' --spend A1:61:FRA
fra 0 'Final at height' propose text.md --title 'Help France' --spend A1:25:FRA
help=$("$comity" -d FRA/sock.sock docket | sed -n 's/^\(P[0-9]*\)  Help France.*/\1/p')
fra 0 'spends 25 USD of the fund of A1 on FRA' show "$help"
fra 0 'yes to' vote "$help" yes
gbr 0 'adopted' vote "$help" yes
fra 0 'there 35 USD' compliance A1
grep -q 'FRA lowered CO2 by 2040-01-01 (Mt) by 2' out || fail "compliance said: $(cat out)"
grep -q 'A1/r1 .*FRA .*GBR$' out || fail "compliance said: $(cat out)"
[ "$(awk '{ if (length($0) > 80) print }' out | wc -l)" = 0 ] || fail "wider than 80: $(cat out)"
fra 0 'A1,goal,"","CO2","Mt",2040-01-01,10,2,1,0,8,2,' compliance A1 --csv
[ "$(awk -F, '{ print NF }' out | sort -u | wc -l)" = 1 ] || fail "ragged rows: $(cat out)"
fra 0 '"delivery_gap": 2' compliance A1 --json
fra 0 'comity compliance A1' show A1
fra 0 '"FRA"' record --csv
fra 1 'P1 is decided' vote P1 no
fra 0 'comity verify a1.comity' export A1 -o a1.comity
expect 0 'It verifies' verify a1.comity
printf 'FRA %s\nGBR %s\n' "$(key FRA/key)" "$(key GBR/key)" >keys
expect 0 '2 of 2' verify a1.comity --keys keys
printf 'x' | cat a1.comity - >spoiled
expect 5 'does not verify' verify spoiled
gbr 0 'Final at height' act-alone 'Goes ahead' --topic climate --relies-on A1
fra 0 'D1' docket --names
fra 0 'Final at height' condemn D1

# A bot in any language.
printf '%s\n' '{"id":1,"note":{},"text":"hello","wait_ms":5000}' '{"id":2,"nonsense":1}' |
    "$comity" -d FRA/sock.sock bot >out
printf '%s\n' '{"id":3,"attest":{"report":"A1/r1"},"wait_ms":5000}' |
    "$comity" -d GBR/sock.sock bot >>out
grep -q '"id":3.*"accepted":true' out || fail "the bot said: $(cat out)"
grep -q '"id":1.*"accepted":true' out || fail "the bot said: $(cat out)"
grep -q '"id":2,"ok":false' out || fail "the bot said: $(cat out)"

# A bot in Python.
"$python" - <<'PY'
from comity import Comity, Refused
with Comity("GBR/sock.sock") as me:
    assert me.docket().proposals[0].verdict == "adopted"
    another = me.propose("Another", "1. Decides to rest.").proposal
    assert me.vote(another, "no").accepted
    assert any(act.kind == "note" for block in me.record() for act in block.acts)
    assert me.charter().seats[1].name == "GBR"
    assert me.contribute(1, 5).accepted
    assert me.pledge(1, "soot", 7, "t", 2240611200000).accepted
    assert me.report(1, "soot", 6, "t", 2240611200000).accepted
    figures = me.agreement(1).compliance
    assert (figures.fund.paid, figures.fund.balance) == (65, 40), figures.fund
    assert [row.short_by for row in figures.pledges if row.issue == "soot"] == [7]
    alone = {count.kind: count.count for count in me.conduct("climate").seats[1].counts}
    assert alone["alone-relying"] == 1, alone
    kinds = {event.kind for event in me.events("start", for_seconds=0.5)}
    assert {"proposed", "ballot", "verdict", "in-force"} <= kinds, kinds
    try:
        me.vote(1, "no")
        raise SystemExit("a decided proposal took a vote")
    except Refused as refusal:
        assert refusal.code == "COMITY_CLOSED", refusal.code
PY

# The fifteen-line bot answers for GBR; FRA does nothing but propose and vote itself.
"$python" "$here/../../client/python/examples/yes_bot.py" GBR/sock.sock >bot.out 2>&1 &
daemons="$daemons $!"
fra 0 'Final at height' propose text.md --title 'For the bot'
number=$("$comity" -d FRA/sock.sock docket | sed -n 's/^\(P[0-9]*\)  For the bot.*/\1/p')
fra 0 'yes to' vote "$number" yes
"$python" - "${number#P}" <<'PY' || fail "the bot did not answer: $(cat bot.out)"
import sys
from comity import Comity
with Comity("FRA/sock.sock") as me:
    verdicts = (event.word for event in me.events("start", for_seconds=20)
                if event.kind == "verdict" and event.proposal == int(sys.argv[1]))
    assert next(verdicts, None) == "adopted"
PY
grep -q "yes to $number" bot.out || fail "the bot said: $(cat bot.out)"
# Who has left is told so, and no more that it may propose.
gbr 0 'Final at height' leave
gbr 0 'You have left it; agreements bind you until you withdraw.'
! grep -q 'comity propose' out || fail "who has left may propose: $(cat out)"
gbr 0 'left' status
# A second forum, by its institution's name.
fra 0 'Convened bilateral' convene bilateral --key NORTH=FRA/key --key SOUTH=GBR/key
expect 0 'Joining bilateral' -d GBR/sock.sock join bilateral.charter
"$comity" -d FRA/sock.sock -f bilateral show charter | grep -q 'breach-by-the-other' ||
    fail "the bilateral has another charter"
echo "session: everything as it should be"
