#!/bin/sh
# Makes the planted plans from 34 on again, on the server that libpq's environment names (PGHOST, PGPORT, PGUSER, …),
# as a superuser, in planted-pg<major version>/. It creates and drops the schema `planted`.
# The server needs auto_explain and two free parallel workers; without postgres_fdw, its case is left out.
#
# Each case runs twice, and each run is written in two formats: EXPLAIN prints one, and auto_explain, which sees the
# very same measurements when the executor ends, logs the other. So JSON and text hold the same numbers, and YAML and
# XML do. (Between the two runs, times and the shares of workers differ.) YAML and XML are without BUFFERS: they would
# be twice as long.
set -eu
cd "$(dirname "$0")"
run() { psql --no-psqlrc --quiet --no-align --tuples-only --set ON_ERROR_STOP=1 "$@"; }

version=$(run --command 'show server_version_num')
has_fdw=$(run --command "select count(*) from pg_available_extensions where name = 'postgres_fdw'")
folder=planted-pg$((version / 10000))
mkdir -p "$folder"

part() { awk -v first="-- $1" '/^-- (schema|case )/ { on = ($0 == first) } on' make-planted.sql; }

# As EXPLAIN prints it, and as auto_explain logs it; there less the line that tells how long it took.
one_run() {
    {
        echo "begin; set local search_path = planted; set local jit = off; load 'auto_explain'; \\set verbose on"
        printf "%s" "\\set explain 'set local auto_explain.log_min_duration = 0;" \
            " set local auto_explain.log_format = $4; set local auto_explain.log_level = notice;" \
            " set local auto_explain.log_analyze = on; set local auto_explain.log_buffers = $5;" \
            " set local auto_explain.log_triggers = on; set local auto_explain.log_verbose = :verbose;" \
            " explain (analyze, buffers $5, verbose :verbose, format $3)'"
        echo
        part "$1"
        echo 'rollback;'
    } | run >"$folder/$2.$3" 2>"$folder/$2.log" || { cat "$folder/$2.log" >&2; exit 1; }
    sed '1{/^NOTICE:  duration: .* plan:$/d}' "$folder/$2.log" >"$folder/$2.$4"
    rm "$folder/$2.log"
}

part schema | run
sed -n 's/^-- case //p' make-planted.sql | while read -r case condition what; do
    line="case $case${condition:+ $condition $what}"
    case $condition in
        from) [ "$version" -ge "${what}0000" ] || continue ;;
        needs) if [ "$has_fdw" -eq 0 ]; then echo "$what is missing: no $case" >&2; continue; fi ;;
    esac
    one_run "$line" "$case" json text on
    one_run "$line" "$case" yaml xml off
    mv "$folder/$case.text" "$folder/$case.txt"
done
run --command 'set client_min_messages = warning; drop schema planted cascade'
