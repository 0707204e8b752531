-- $1 text: the name of a relation that the role was denied. $2 text: the statement. The relation as SQL names it here:
-- the one that the statement names with its schema, else the one on the search path.
SELECT c.oid::regclass::text
FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE c.relname = $1 AND c.relkind IN ('r', 'p', 'v', 'm', 'f')
      AND NOT has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE, DELETE')
ORDER BY strpos($2, n.nspname || '.' || c.relname) > 0 DESC, pg_table_is_visible(c.oid) DESC
LIMIT 1
