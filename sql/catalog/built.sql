-- $1 text[]: indexes that were just built, as SQL names them. Their size with that of their partitions, and whether
-- any part of them must not be used by this transaction (pg_index.indcheckxmin).
WITH given AS (
    SELECT name::regclass AS index FROM unnest($1::text[]) AS name
), parts AS (
    SELECT index::oid AS oid FROM given
    UNION SELECT relid::oid FROM given, pg_partition_tree(index)
)
SELECT sum(pg_relation_size(parts.oid))::int8, bool_or(i.indcheckxmin), array_agg(c.relname::text)
FROM parts JOIN pg_index i ON i.indexrelid = parts.oid JOIN pg_class c ON c.oid = parts.oid
