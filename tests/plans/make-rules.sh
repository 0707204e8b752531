#!/bin/sh
# Makes the plans in rules/ again, on the server that libpq's environment names (PGHOST, PGPORT, PGUSER, …):
# for each rule a plan on which it must fire, and one that looks alike on which it must stay silent.
#
#   tests/plans/make-rules.sh                  all rules
#   tests/plans/make-rules.sh sort-spills …    these
#
# It creates and drops the schema `rules`. The plans that are checked in were made on PostgreSQL 15, and those of
# scripts that ask for a later server (SERVER_VERSION_NUM) on 18. The server needs JIT (llvmjit), and two free
# parallel workers.
set -eu
cd "$(dirname "$0")/rules"
run() { psql --no-psqlrc --quiet --no-align --tuples-only "$@"; }
[ $# -gt 0 ] || set -- $(ls ./*.sql | sed 's|^\./||; s|\.sql$||' | grep -v '^_')
run --file _schema.sql
for rule; do
    run --file _session.sql --file "$rule.sql"
done
run --command "set client_min_messages = warning; drop schema rules cascade"
