-- When a catalog is read, and in which schemas this session looks for a table that is named without one
-- (manual, "The Schema Search Path").
SELECT to_char(now() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), current_schemas(false)::text[]
