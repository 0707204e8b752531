-- What the planner could be given besides core's operator classes, and the functions of these names.
-- $1 text[]: names of functions, without their schemas. One JSON object: extensions, functions.
SELECT json_build_object(
    'extensions', (
        SELECT coalesce(json_agg(json_build_object('name', a.name, 'schema', n.nspname) ORDER BY a.name), '[]')
        FROM pg_available_extensions a
        LEFT JOIN pg_extension e ON e.extname = a.name
        LEFT JOIN pg_namespace n ON n.oid = e.extnamespace
        WHERE a.name IN ('btree_gin', 'btree_gist', 'pg_trgm')),
    'functions', (
        SELECT coalesce(json_agg(json_build_object(
            'schema', n.nspname, 'name', p.proname, 'volatility', p.provolatile,
            'arguments', (SELECT coalesce(json_agg(format_type(t.oid, NULL) ORDER BY t.place), '[]')
                          FROM unnest(p.proargtypes) WITH ORDINALITY AS t(oid, place))
        ) ORDER BY n.nspname, p.proname, p.oid), '[]')
        FROM pg_proc p
        JOIN pg_namespace n ON n.oid = p.pronamespace
        WHERE p.proname = ANY ($1::text[])))
