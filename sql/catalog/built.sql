-- $1 text: an index that was just built, as SQL names it. Its size with that of its partitions, and whether
-- any part of it must not be used by this transaction (pg_index.indcheckxmin).
WITH parts AS (
    SELECT $1::text::regclass::oid AS oid
    UNION SELECT relid::oid FROM pg_partition_tree($1::text::regclass)
)
SELECT sum(pg_relation_size(parts.oid))::int8, bool_or(i.indcheckxmin), array_agg(c.relname::text)
FROM parts JOIN pg_index i ON i.indexrelid = parts.oid JOIN pg_class c ON c.oid = parts.oid
