-- The session whose snapshot is the oldest: rows that it may still see keep a new index unusable
-- (PostgreSQL's README.HOT, "CREATE INDEX"; pg_index.indcheckxmin). Sessions of other databases see none of them,
-- but standbys with hot_standby_feedback, which have no database here, may.
SELECT pid, coalesce(state, 'unknown'), coalesce(extract(epoch FROM now() - xact_start)::float8, 0)
FROM pg_stat_activity
WHERE backend_xmin IS NOT NULL AND pid <> pg_backend_pid() AND coalesce(datname = current_database(), true)
      AND NOT coalesce(application_name = $1, false)
ORDER BY age(backend_xmin) DESC LIMIT 1
