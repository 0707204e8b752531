-- What is not done yet, and how urgent it is.
-- schema jobs
-- query
SELECT urgent, count(*) FROM jobs WHERE done_at IS NULL GROUP BY urgent;
-- expect
CREATE INDEX ON jobs (done_at);
or CREATE INDEX ON jobs (urgent) WHERE done_at IS NULL;
or CREATE INDEX ON jobs (done_at) WHERE done_at IS NULL;
or CREATE INDEX ON jobs (id) WHERE done_at IS NULL;
-- ideal
CREATE INDEX ON jobs (urgent) WHERE done_at IS NULL;
