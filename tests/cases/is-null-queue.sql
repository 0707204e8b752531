-- A queue: what is not done yet, the oldest first. PostgreSQL sees no order behind IS NULL, so that it is a partial index's task.
-- schema jobs
-- query
SELECT * FROM jobs WHERE done_at IS NULL ORDER BY created_at LIMIT 10;
-- expect
CREATE INDEX ON jobs (created_at) WHERE done_at IS NULL;
-- ideal
CREATE INDEX ON jobs (created_at) WHERE done_at IS NULL;
