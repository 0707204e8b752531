-- A rare boolean by itself is an equality.
-- schema jobs
-- query
SELECT * FROM jobs WHERE urgent;
-- expect
CREATE INDEX ON jobs (urgent);
or CREATE INDEX ON jobs (urgent) WHERE urgent;
or CREATE INDEX ON jobs (id) WHERE urgent;
-- ideal
CREATE INDEX ON jobs (id) WHERE urgent;
