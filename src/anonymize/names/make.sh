#!/bin/sh
# Makes functions.txt and types.txt again: the names of PostgreSQL's own functions and types, of all the servers whose
# ports are given. Those that are checked in are of 15 and 18: make.sh 5415 5418
set -eu
cd "$(dirname "$0")"
ask() {
    statement=$1
    shift
    for port in "$@"; do
        psql --no-psqlrc --quiet --no-align --tuples-only --port "$port" --command "$statement"
    done | LC_ALL=C sort --unique
}
own="= 'pg_catalog'::regnamespace and oid < 16384"
ask "select proname from pg_proc where pronamespace $own" "$@" >functions.txt
ask "select typname from pg_type where typnamespace $own and typrelid = 0 and typname !~ '^_'" "$@" >types.txt
