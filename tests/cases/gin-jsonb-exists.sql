-- Which documents have a key at all: paths do not tell.
-- schema
CREATE TABLE events (id int PRIMARY KEY, data jsonb NOT NULL);
INSERT INTO events SELECT i, jsonb_build_object('kind', i % 9, 'id', i) || CASE WHEN i % 700 = 0 THEN '{"error": 1}' ELSE '{}' END::jsonb
FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE events;
-- query
SELECT * FROM events WHERE data ? 'error';
-- expect
CREATE INDEX ON events USING gin (data);
or CREATE INDEX ON events (id) WHERE data ? 'error';
-- ideal
CREATE INDEX ON events USING gin (data);
