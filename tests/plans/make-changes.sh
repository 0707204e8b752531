#!/bin/sh
# Makes the plans in changes/ again, on the server that libpq's environment names (PGHOST, PGPORT, PGUSER, …).
# It creates and drops the schema `changes`; the plans that are checked in were made on PostgreSQL 15.
# The server needs two free parallel workers, and a directory that it can write to for nothing else.
set -eu
cd "$(dirname "$0")"
mkdir -p changes
cd changes
psql --no-psqlrc --quiet --no-align --tuples-only --file ../make-changes.sql
