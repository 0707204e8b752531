-- Few jobs have failed and are not archived: an index of these rows alone.
-- schema jobs
-- query
SELECT * FROM jobs WHERE state = 'failed' AND archived_at IS NULL ORDER BY created_at DESC LIMIT 20;
-- expect
CREATE INDEX ON jobs (created_at) WHERE state = 'failed' AND archived_at IS NULL;
or CREATE INDEX ON jobs (created_at DESC) WHERE state = 'failed' AND archived_at IS NULL;
or CREATE INDEX ON jobs (created_at) WHERE archived_at IS NULL;
or CREATE INDEX ON jobs (created_at) WHERE state = 'failed';
-- ideal
CREATE INDEX ON jobs (created_at) WHERE state = 'failed' AND archived_at IS NULL;
