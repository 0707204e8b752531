-- $1 text[]: indexes that were just built, as SQL names them. For each, in that order: its size with that of its
-- partitions, whether any part of it must not be used by this transaction (pg_index.indcheckxmin), and the names of all
-- its parts.
WITH given AS (
    SELECT name::regclass AS index, place FROM unnest($1::text[]) WITH ORDINALITY AS it (name, place)
), parts AS (
    SELECT place, index::oid AS oid FROM given
    UNION SELECT place, relid::oid FROM given, pg_partition_tree(index)
)
SELECT sum(pg_relation_size(parts.oid))::int8, bool_or(i.indcheckxmin), array_agg(c.relname::text)
FROM parts JOIN pg_index i ON i.indexrelid = parts.oid JOIN pg_class c ON c.oid = parts.oid
GROUP BY place ORDER BY place
