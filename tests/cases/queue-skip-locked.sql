-- The next job of a queue that several workers share.
-- schema jobs
-- query
SELECT id FROM jobs WHERE state = 'ready' ORDER BY priority DESC, created_at LIMIT 1 FOR UPDATE SKIP LOCKED;
-- expect
CREATE INDEX ON jobs (priority DESC, created_at) WHERE state = 'ready';
or CREATE INDEX ON jobs (state, priority DESC, created_at);
-- ideal
CREATE INDEX ON jobs (priority DESC, created_at) WHERE state = 'ready';
