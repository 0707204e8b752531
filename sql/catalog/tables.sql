-- The tables that a plan touches, with columns, statistics and indexes, as one JSON array.
-- $1 text[]: schemas ('' where the plan prints none) and $2 text[]: names, pairwise.
-- $3 text[]: columns whose statistics are wanted; null: all. $4 boolean: with the foreign keys that refer to the
-- tables. $5 boolean: with the tables that belong to them, too: those that refer to them, and the partitioned ones above.
-- Sources: manual, "System Catalogs" and "System Views" (pg_stats shows only columns that the role may read).
WITH named AS (
    -- Not to_regclass(): it fails where the role reads a table through a view of a schema that it may not use.
    SELECT c.oid
    FROM unnest($1::text[], $2::text[]) AS given(s, n)
    JOIN pg_class c ON c.relname = n
    JOIN pg_namespace ns ON ns.oid = c.relnamespace AND (ns.nspname = s OR s = '' AND pg_table_is_visible(c.oid))
),
referring AS (
    SELECT k.conrelid AS oid FROM pg_constraint k JOIN named ON k.confrelid = named.oid
    WHERE $4::boolean AND $5::boolean AND k.contype = 'f' AND k.conparentid = 0
),
wanted AS (
    SELECT oid FROM named
    UNION SELECT pg_partition_root(oid)::oid FROM named WHERE $5::boolean AND pg_partition_root(oid) IS NOT NULL
    UNION SELECT oid FROM referring
)
SELECT coalesce(json_agg(json_build_object(
    'name', json_build_object('schema', n.nspname, 'name', c.relname),
    'kind', CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned' WHEN 'm' THEN 'materialized_view'
                           WHEN 'f' THEN 'foreign' ELSE 'other' END,
    'rows', leaf.rows,
    'pages', leaf.pages,
    'bytes', leaf.bytes,
    'all_visible_pages', leaf.all_visible,
    'partition_root', (
        SELECT json_build_object('schema', rn.nspname, 'name', r.relname)
        FROM pg_class r JOIN pg_namespace rn ON rn.oid = r.relnamespace
        WHERE c.relispartition AND r.oid = pg_partition_root(c.oid)),
    'partitions', leaf.names,
    'below', CASE WHEN leaf.deep THEN (
        SELECT json_agg(json_build_object(
            'name', json_build_object('schema', pn.nspname, 'name', p.relname),
            'parent', json_build_object('schema', an.nspname, 'name', a.relname),
            'leaf', t.isleaf AND p.relkind <> 'p') ORDER BY t.level, pn.nspname, p.relname)
        FROM pg_partition_tree(c.oid) t
        JOIN pg_class p ON p.oid = t.relid JOIN pg_namespace pn ON pn.oid = p.relnamespace
        JOIN pg_class a ON a.oid = t.parentrelid JOIN pg_namespace an ON an.oid = a.relnamespace) ELSE '[]' END,
    'attachable', leaf.attachable,
    'taken', (SELECT coalesce(json_agg(o.relname), '[]') FROM pg_class o
              WHERE o.relnamespace = c.relnamespace AND starts_with(o.relname, left(c.relname, 20))),
    'owned', pg_has_role(c.relowner, 'USAGE'),
    'owner', pg_get_userbyid(c.relowner),
    'owner_is_superuser', (SELECT rolsuper FROM pg_roles WHERE oid = c.relowner) IS TRUE,
    'readable', has_table_privilege(c.oid, 'SELECT'),
    'columns', (
        SELECT coalesce(json_agg(json_build_object(
            'name', a.attname,
            'type_name', format_type(a.atttypid, a.atttypmod),
            'not_null', a.attnotnull,
            -- json, xml, point and the like have no order.
            'btree', EXISTS (
                SELECT FROM pg_opclass o JOIN pg_am m ON m.oid = o.opcmethod AND m.amname = 'btree'
                WHERE o.opcdefault AND (o.opcintype = base.oid
                    OR (base.typtype = 'e' AND o.opcintype = 'anyenum'::regtype)
                    OR (base.typtype = 'r' AND o.opcintype = 'anyrange'::regtype)
                    OR (base.typcategory = 'A' AND o.opcintype = 'anyarray'::regtype)
                    OR EXISTS (SELECT FROM pg_cast k WHERE k.castsource = base.oid
                               AND k.casttarget = o.opcintype AND k.castmethod = 'b'))),
            'base_type', format_type(base.oid, NULL),
            'category', base.typcategory,
            'element_type', CASE WHEN base.typcategory = 'A' THEN format_type(base.typelem, NULL) END,
            'collation', (SELECT CASE WHEN l.collname = 'default' THEN '"default"' ELSE quote_ident(l.collname) END
                          FROM pg_collation l WHERE l.oid = a.attcollation),
            'ordered_by_bytes', coalesce((
                SELECT CASE WHEN l.collname = 'default'
                            THEN (SELECT datcollate FROM pg_database WHERE datname = current_database())
                            ELSE l.collcollate END IN ('C', 'POSIX')
                FROM pg_collation l WHERE l.oid = a.attcollation), false),
            'statistics', stats.found
        ) ORDER BY a.attnum), '[]')
        FROM pg_attribute a
        JOIN pg_type t ON t.oid = a.atttypid
        JOIN pg_type base ON base.oid = CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.oid END
        LEFT JOIN LATERAL (
            SELECT json_build_object(
                'null_frac', s.null_frac, 'n_distinct', s.n_distinct, 'avg_width', s.avg_width,
                'correlation', s.correlation,
                'most_common', coalesce((SELECT json_agg(json_build_array(v, f))
                    FROM unnest(s.most_common_vals::text::text[], s.most_common_freqs) AS common(v, f)), '[]'),
                'histogram', coalesce(array_to_json(s.histogram_bounds::text::text[]), '[]')) AS found
            FROM pg_stats s
            WHERE s.schemaname = n.nspname AND s.tablename = c.relname AND s.attname = a.attname
              AND ($3::text[] IS NULL OR a.attname = ANY ($3::text[]))
            -- A partitioned table has the statistics of all its partitions under `inherited`.
            ORDER BY s.inherited = (c.relkind = 'p') DESC LIMIT 1
        ) stats ON true
        WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped),
    'indexes', (
        SELECT coalesce(json_agg(json_build_object(
            'name', ic.relname,
            'method', am.amname,
            'keys', (
                SELECT json_agg(json_build_object(
                    'column', CASE WHEN i.indkey[k - 1] > 0 THEN
                        (SELECT attname FROM pg_attribute WHERE attrelid = c.oid AND attnum = i.indkey[k - 1]) END,
                    'expression', pg_get_indexdef(i.indexrelid, k, true),
                    'descending', i.indoption[k - 1] & 1 = 1,
                    'nulls_first', i.indoption[k - 1] & 2 = 2,
                    'opclass', (SELECT opcname FROM pg_opclass WHERE oid = i.indclass[k - 1]),
                    'collation', (SELECT quote_ident(collname) FROM pg_collation WHERE oid = i.indcollation[k - 1]),
                    'default_opclass', (SELECT opcdefault FROM pg_opclass WHERE oid = i.indclass[k - 1]),
                    'default_collation', i.indcollation[k - 1] = 0 OR i.indkey[k - 1] = 0 OR i.indcollation[k - 1] =
                        (SELECT attcollation FROM pg_attribute WHERE attrelid = c.oid AND attnum = i.indkey[k - 1])
                ) ORDER BY k)
                FROM generate_series(1, i.indnkeyatts) AS k),
            'include', (
                SELECT coalesce(json_agg(a.attname ORDER BY k), '[]')
                FROM generate_series(i.indnkeyatts + 1, i.indnatts) AS k
                JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[k - 1]),
            'predicate', pg_get_expr(i.indpred, c.oid),
            'unique', i.indisunique,
            'constraint', i.indisclustered OR i.indisreplident OR EXISTS (SELECT FROM pg_constraint k WHERE k.conindid = i.indexrelid AND k.contype <> 'f'),
            'valid', i.indisvalid AND i.indisready,
            'bytes', pg_relation_size(i.indexrelid),
            'definition', pg_get_indexdef(i.indexrelid)
        ) ORDER BY ic.relname), '[]')
        FROM pg_index i
        JOIN pg_class ic ON ic.oid = i.indexrelid
        JOIN pg_am am ON am.oid = ic.relam
        WHERE i.indrelid = c.oid),
    'referenced_by', (
        SELECT coalesce(json_agg(json_build_object(
            'name', k.conname,
            'table', json_build_object('schema', fn.nspname, 'name', f.relname),
            'columns', (SELECT json_agg(a.attname ORDER BY place)
                        FROM unnest(k.conkey) WITH ORDINALITY AS key(attnum, place)
                        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = key.attnum),
            'referenced', (SELECT json_agg(a.attname ORDER BY place)
                           FROM unnest(k.confkey) WITH ORDINALITY AS key(attnum, place)
                           JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = key.attnum)
        ) ORDER BY k.conname), '[]')
        FROM pg_constraint k
        JOIN pg_class f ON f.oid = k.conrelid JOIN pg_namespace fn ON fn.oid = f.relnamespace
        WHERE $4::boolean AND k.confrelid = c.oid AND k.contype = 'f' AND k.conparentid = 0),
    'options', coalesce(to_json(c.reloptions), '[]'),
    'activity', (
        SELECT json_build_object('inserted', sum(s.n_tup_ins), 'updated', sum(s.n_tup_upd),
            'hot_updated', sum(s.n_tup_hot_upd), 'deleted', sum(s.n_tup_del),
            'seconds', (SELECT extract(epoch FROM now() - d.stats_reset) FROM pg_stat_database d
                        WHERE d.datname = current_database()))
        FROM pg_stat_all_tables s
        WHERE s.relid = ANY (leaf.oids)
        HAVING count(*) > 0),
    'modified_since_analyze', (SELECT s.n_mod_since_analyze FROM pg_stat_user_tables s WHERE s.relid = c.oid),
    'analyzed', (SELECT s.last_analyze IS NOT NULL OR s.last_autoanalyze IS NOT NULL
                 FROM pg_stat_all_tables s WHERE s.relid = c.oid) IS TRUE
) ORDER BY n.nspname, c.relname), '[]')
FROM wanted
JOIN pg_class c ON c.oid = wanted.oid
JOIN pg_namespace n ON n.oid = c.relnamespace
CROSS JOIN LATERAL (
    -- A partitioned table holds nothing itself: its leaves are counted.
    SELECT coalesce(sum(l.reltuples) FILTER (WHERE l.reltuples >= 0), -1) AS rows,
           coalesce(sum(l.relpages), 0) AS pages,
           coalesce(sum(pg_relation_size(l.oid)), 0) AS bytes,
           coalesce(sum(l.relallvisible), 0) AS all_visible,
           coalesce(json_agg(json_build_object('schema', ln.nspname, 'name', l.relname) ORDER BY ln.nspname, l.relname)
               FILTER (WHERE c.relkind = 'p'), '[]') AS names,
           coalesce(array_agg(l.oid), '{}') AS oids,
           coalesce(bool_or(part.level > 1), false) AS deep,
           coalesce(bool_and(l.relkind = 'r'), true) AS attachable
    FROM (SELECT c.oid AS relid, 0 AS level WHERE c.relkind <> 'p'
          UNION ALL SELECT t.relid, t.level FROM pg_partition_tree(c.oid) t WHERE c.relkind = 'p' AND t.isleaf AND t.relid <> c.oid
    ) part
    JOIN pg_class l ON l.oid = part.relid JOIN pg_namespace ln ON ln.oid = l.relnamespace
) leaf
WHERE c.relkind IN ('r', 'p', 'm', 'f')
