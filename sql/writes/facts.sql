-- $1 text: a table as SQL names it. What a copy of it needs, and what forbids to make one; of a partitioned table, its
-- largest leaf is the model. One JSON object, or null where there is no such table.
-- Sources: manual, "System Catalogs", "System Information Functions".
SELECT json_build_object(
    'schema', n.nspname,
    'table', quote_ident(n.nspname) || '.' || quote_ident(c.relname),
    'access_method', quote_ident(am.amname),
    'fillfactor', (SELECT option_value::int FROM pg_options_to_table(c.reloptions) WHERE option_name = 'fillfactor'),
    'rows', c.reltuples,
    'pages', pg_relation_size(c.oid) / current_setting('block_size')::int8,
    -- With what is kept apart (TOAST).
    'bytes', pg_table_size(c.oid),
    'may_create', has_schema_privilege(n.oid, 'CREATE'),
    'may_read', has_table_privilege(c.oid, 'SELECT'),
    'may_make_temporary', has_database_privilege(current_database(), 'TEMPORARY'),
    'filtered', row_security_active(c.oid),
    'event_trigger', (
        SELECT e.evtname FROM pg_event_trigger e
        WHERE e.evtenabled <> 'D' AND e.evtevent LIKE 'ddl_command%'
              AND (e.evttags IS NULL OR e.evttags && ARRAY['CREATE TABLE', 'CREATE TABLE AS', 'CREATE INDEX', 'ALTER TABLE'])
        ORDER BY e.evtname LIMIT 1),
    -- A new table may be in a publication of all tables, or of its schema (15 and later).
    'published', EXISTS (SELECT FROM pg_publication WHERE pubupdate),
    -- With `minimal`, a table that was made in the same transaction writes no WAL (rel.h, `RelationNeedsWAL`).
    'wal', current_setting('wal_level') <> 'minimal',
    'columns', (SELECT coalesce(json_agg(a.attname ORDER BY a.attnum), '[]') FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'indexes', (
        SELECT coalesce(json_agg(json_build_object(
            -- Everything behind the table's name.
            'definition', CASE WHEN starts_with(def.text, def.head) THEN substr(def.text, length(def.head) + 1) END,
            'unique', i.indisunique OR i.indisexclusion,
            -- Key columns, and those of expressions and conditions: an index depends on them, unless its constraint does.
            'columns', (SELECT coalesce(json_agg(DISTINCT a.attname), '[]') FROM pg_attribute a
                        WHERE a.attrelid = c.oid AND a.attnum > 0
                              AND (a.attnum = ANY (i.indkey) OR EXISTS (
                                   SELECT FROM pg_depend d
                                   WHERE d.classid = 'pg_class'::regclass AND d.objid = i.indexrelid
                                         AND d.refclassid = 'pg_class'::regclass AND d.refobjid = c.oid
                                         AND d.refobjsubid = a.attnum)))
        ) ORDER BY ic.relname), '[]')
        FROM pg_index i
        JOIN pg_class ic ON ic.oid = i.indexrelid
        CROSS JOIN LATERAL (SELECT pg_get_indexdef(i.indexrelid) AS text,
                                   format('CREATE %sINDEX %I ON %I.%I ', CASE WHEN i.indisunique THEN 'UNIQUE ' END,
                                          ic.relname, n.nspname, c.relname) AS head) def
        WHERE i.indrelid = c.oid AND i.indisready))
FROM (
    SELECT coalesce(
        (SELECT l.oid FROM pg_partition_tree(given.oid) part JOIN pg_class l ON l.oid = part.relid
         WHERE part.isleaf AND l.relkind = 'r' AND part.relid <> given.oid
         ORDER BY pg_relation_size(l.oid) DESC, l.relname LIMIT 1),
        given.oid) AS oid
    FROM (SELECT $1::regclass::oid AS oid) given
) model
JOIN pg_class c ON c.oid = model.oid AND c.relkind = 'r'
JOIN pg_namespace n ON n.oid = c.relnamespace
JOIN pg_am am ON am.oid = c.relam
