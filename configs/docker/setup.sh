#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Once, into an empty volume: a key and a configuration per delegation, one charter for all.
set -eu
here=$(dirname "$0")
data=${COMITY_DATA:-/var/lib/comity}
seats="BRA DEU FRA JPN"
lower() { printf '%s' "$1" | tr '[:upper:]' '[:lower:]'; }
cd "$data"
if [ -e rivers.charter ]; then
    echo "setup: keys and charter are there already"
    exit 0
fi
for seat in $seats; do
    name=$(lower "$seat")
    [ -e "$name.key" ] || comity keygen --no-passphrase "$name.key"
done
key_of() { comity --json fingerprint "$1" | sed -n 's/.*"key": "\([0-9a-f]*\)".*/\1/p'; }
for seat in $seats; do
    name=$(lower "$seat")
    {
        echo "key: $name.key"
        echo "data: $name.d"
        echo "socket: $name.sock"
        echo "listen: tcp://0.0.0.0:4750"
        echo "peers:"
        for peer in $seats; do
            [ "$peer" = "$seat" ] && continue
            other=$(lower "$peer")
            echo "  - {key: $(key_of "$other.key"), address: \"$other:4750\"}"
        done
    } > "$name.yaml"
done
set --
for seat in $seats; do
    set -- "$@" --key "$seat=$(lower "$seat").key"
done
comity charter compile "$here/charter.yaml" "$@" -o rivers.charter.new
mv rivers.charter.new rivers.charter
echo "setup: four keys, four configurations and a charter are in $data"
