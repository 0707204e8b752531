#!/usr/bin/env bash
# Runs the doc tests, then all others; the runner's summary comes last.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

cargo test --doc
if cargo nextest --version >/dev/null 2>&1; then
    cargo nextest run "$@"
else
    cargo test --lib --bins --tests "$@"
fi
