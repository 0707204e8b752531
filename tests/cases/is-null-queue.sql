-- A queue: what is not done yet, the oldest first. PostgreSQL sees no order behind IS NULL.
-- schema
CREATE TABLE jobs (id int PRIMARY KEY, created_at timestamp NOT NULL, done_at timestamp, payload text);
INSERT INTO jobs SELECT i, timestamp '2024-01-01' + i * interval '1 minute',
    CASE WHEN i % 500 > 0 THEN timestamp '2024-06-01' + i * interval '1 minute' END, repeat('x', 100)
FROM generate_series(1, 60000) AS i;
ANALYZE jobs;
-- query
SELECT * FROM jobs WHERE done_at IS NULL ORDER BY created_at LIMIT 10;
-- expect
CREATE INDEX jobs_done_at_idx ON public.jobs (done_at);
or CREATE INDEX jobs_created_at_idx ON public.jobs (created_at);
