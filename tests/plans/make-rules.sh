#!/bin/sh
# Makes the plans in rules/ again, on the server that libpq's environment names (PGHOST, PGPORT, PGUSER, …).
# It creates and drops the schema `rules`; the plans that are checked in were made on PostgreSQL 15.
# The server needs JIT (llvmjit), and two free parallel workers.
set -eu
cd "$(dirname "$0")"
mkdir -p rules
cd rules
psql --no-psqlrc --quiet --no-align --tuples-only --file ../make-rules.sql
