-- Indexes by their names. $1 text[]: schemas ('' where none is written) and $2 text[]: names, pairwise; one row each,
-- in their order. How often each was scanned, with its partitions, and for how many seconds that has been counted
-- (manual, "pg_stat_all_indexes" and "pg_stat_database").
SELECT n.nspname::text, c.relname::text, tn.nspname::text, t.relname::text,
       c.relkind = 'I', i.indisunique, pg_get_indexdef(c.oid),
       parts.bytes::int8, parts.scans::int8,
       (SELECT extract(epoch FROM now() - d.stats_reset)::float8 FROM pg_stat_database d
        WHERE d.datname = current_database())
FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS given(s, name, place)
JOIN pg_class c ON c.relname = given.name AND c.relkind IN ('i', 'I')
JOIN pg_namespace n ON n.oid = c.relnamespace AND (n.nspname = given.s OR given.s = '' AND pg_table_is_visible(c.oid))
JOIN pg_index i ON i.indexrelid = c.oid
JOIN pg_class t ON t.oid = i.indrelid
JOIN pg_namespace tn ON tn.oid = t.relnamespace
CROSS JOIN LATERAL (
    SELECT sum(pg_relation_size(part.oid)) AS bytes, sum(pg_stat_get_numscans(part.oid)) AS scans
    FROM (SELECT c.oid UNION SELECT p.relid::oid FROM pg_partition_tree(c.oid) p) AS part
) AS parts
ORDER BY place
