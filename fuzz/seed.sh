#!/usr/bin/env bash
# Gives the fuzzers something to begin with: the plans and the scripts of the tests.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# Copies files into the corpus of a target, under names that tell them apart.
seed() {
    local target=$1 file
    shift
    mkdir -p "corpus/$target"
    for file in "$@"; do
        cp "$file" "corpus/$target/$(basename "$(dirname "$file")")-$(basename "$file")"
    done
}

seed json ../tests/plans/planted-pg*/*.json ../tests/nasty/*.json
seed text ../tests/plans/planted-pg*/*.txt ../tests/nasty/{1,2,3,refused}*.txt
seed yaml ../tests/plans/planted-pg*/*.yaml ../tests/nasty/*.yaml
seed xml ../tests/plans/planted-pg*/*.xml ../tests/nasty/*.xml
seed unwrap ../tests/nasty/*.{txt,csv,json}
seed sql ../tests/cases/*.sql ../sql/*.sql ../sql/*/*.sql
