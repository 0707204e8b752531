-- An order behind a boolean that nearly all rows have: the order alone does.
-- schema jobs
-- query
SELECT * FROM jobs WHERE NOT urgent ORDER BY done_at DESC NULLS LAST LIMIT 10;
-- expect
CREATE INDEX ON jobs (done_at DESC NULLS LAST);
or CREATE INDEX ON jobs (urgent, done_at DESC NULLS LAST);
or CREATE INDEX ON jobs (done_at DESC NULLS LAST) WHERE NOT urgent;
-- ideal
CREATE INDEX ON jobs (done_at DESC NULLS LAST);
