-- What each rule's script begins with: a session in which nothing but the statement decides.
\set ON_ERROR_STOP on
\set explain 'explain (analyze, verbose, buffers, settings, format json)'
\set QUIET on
set client_min_messages = warning;
set search_path = rules;
set jit = off;
set max_parallel_workers_per_gather = 0;
-- What is known of tables: schemas, names, the columns whose statistics are wanted, whether foreign keys are.
\set tables `cat ../../../sql/catalog/tables.sql`
prepare catalog (text[], text[], text[], boolean) as :tables;
