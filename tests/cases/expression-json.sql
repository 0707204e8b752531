-- json has no operators for an index; what is taken out of it is text.
-- schema
CREATE TABLE hooks (id int PRIMARY KEY, payload json NOT NULL);
INSERT INTO hooks SELECT i, json_build_object('kind', 'k' || i % 1000) FROM generate_series(1, 60000) AS i;
ANALYZE hooks;
-- query
SELECT * FROM hooks WHERE payload->>'kind' = 'k42';
-- expect
CREATE INDEX ON hooks ((payload->>'kind'));
or CREATE INDEX ON hooks USING hash ((payload->>'kind'));
-- ideal
CREATE INDEX ON hooks ((payload->>'kind'));
