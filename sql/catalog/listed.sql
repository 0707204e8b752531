-- The tables that are the users' own, each with the partitioned table at its top, if it is a partition: schema, name,
-- the top's schema, its name. What is PostgreSQL's own, and what is temporary, is of no use to anybody else.
SELECT n.nspname::text, c.relname::text, rn.nspname::text, r.relname::text
FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_class r ON c.relispartition AND r.oid = pg_partition_root(c.oid)
LEFT JOIN pg_namespace rn ON rn.oid = r.relnamespace
WHERE c.relkind IN ('r', 'p', 'm', 'f') AND c.relpersistence <> 't'
      AND n.nspname NOT IN ('pg_catalog', 'information_schema', 'pg_toast')
ORDER BY n.nspname, c.relname
