#!/bin/bash
# Makes what auto_explain writes into the server's three kinds of logs, with a throw-away server of its own (15+).
# usage: make-logs.sh, as a user that PostgreSQL may run as, with its binaries in PATH.
set -e
out=$(cd "$(dirname "$0")" && pwd)
home=$(mktemp -d)
trap 'pg_ctl -D "$home/data" -m immediate stop >/dev/null 2>&1; rm -rf "$home"' EXIT
initdb -D "$home/data" -A trust -U postgres >/dev/null
cat >> "$home/data/postgresql.conf" <<CONF
listen_addresses = ''
unix_socket_directories = '$home'
logging_collector = on
log_destination = 'stderr,csvlog,jsonlog'
log_filename = 'all'
log_line_prefix = '%m [%p] %q%u@%d '
session_preload_libraries = 'auto_explain'
auto_explain.log_min_duration = 0
auto_explain.log_analyze = on
auto_explain.log_buffers = on
log_statement = 'all'
CONF
pg_ctl -D "$home/data" -w -l "$home/start" start >/dev/null
query="select c.relname, 'it''s \"Plan\": {' as \"odd name\" /* two
lines */ from pg_class c join pg_attribute a on a.attrelid = c.oid where c.relname <> E'new\nline' and c.relname = 'pg_class' limit 3;"
for format in text json yaml xml; do
  rm -f "$home"/data/log/all*
  psql -X -q -h "$home" -U postgres -d postgres -c 'select pg_rotate_logfile()' >/dev/null
  sleep 0.3
  PGOPTIONS="-c auto_explain.log_format=$format" psql -X -q -h "$home" -U postgres -d postgres -c "$query" >/dev/null
  sleep 0.3
  cp "$home/data/log/all" "$out/11-stderr-$format.txt" || cp "$home"/data/log/all.log "$out/11-stderr-$format.txt"
  cp "$home/data/log/all.csv" "$out/13-csvlog-$format.csv"
  cp "$home/data/log/all.json" "$out/13-jsonlog-$format.json"
done
