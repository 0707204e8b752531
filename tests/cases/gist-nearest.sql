-- The five places that are nearest to a point.
-- schema
CREATE TABLE places (id int PRIMARY KEY, at point NOT NULL, name text);
INSERT INTO places SELECT i, point(i * 7919 % 10007 / 10.0, i * 104729 % 10009 / 10.0), repeat('x', 60) FROM generate_series(1, 20000) AS i;
INSERT INTO places SELECT i + 20000, point(i * 31 % 10007 / 10.0, i * 7907 % 10009 / 10.0), repeat('x', 60) FROM generate_series(1, 40000) AS i;
VACUUM ANALYZE places;
-- query
SELECT * FROM places ORDER BY at <-> point '(500, 500)' LIMIT 5;
-- expect
CREATE INDEX ON places USING gist (at);
or CREATE INDEX ON places USING spgist (at);
-- ideal
CREATE INDEX ON places USING gist (at);
