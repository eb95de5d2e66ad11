#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# seeds_test.sh FUZZ_SEEDS - the corpora in the tree are what the encoders of this tree write, and
# nothing is missing. If a format changed on purpose: FUZZ_SEEDS tests/fuzz/corpus
set -eu
seeds=${1:?usage: seeds_test.sh FUZZ_SEEDS}
tree=$(dirname "$0")/corpus
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT
"$seeds" "$made"
# Files called found-* are inputs that once failed: the tree alone has them.
diff -r -x 'found-*' "$made" "$tree" || {
    echo "tests/fuzz/corpus is not what $seeds makes; to remake it: $seeds tests/fuzz/corpus" >&2
    exit 1
}
