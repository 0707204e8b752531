-- What is not done is rare: no B-tree looks for what is not equal, but a partial index holds nothing else.
-- schema jobs
-- query
SELECT * FROM jobs WHERE state <> 'done';
-- expect
CREATE INDEX ON jobs (id) WHERE state <> 'done';
or CREATE INDEX ON jobs (state) WHERE state <> 'done';
-- ideal
CREATE INDEX ON jobs (id) WHERE state <> 'done';
