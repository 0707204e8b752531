-- The places within a box.
-- schema
CREATE TABLE places (id int PRIMARY KEY, at point NOT NULL, name text);
INSERT INTO places SELECT i, point(i * 7919 % 10007 / 10.0, i * 7907 % 10009 / 10.0), repeat('x', 60) FROM generate_series(1, 60000) AS i;
VACUUM ANALYZE places;
-- query
SELECT * FROM places WHERE at <@ box '((100, 100), (130, 130))';
-- expect
CREATE INDEX ON places USING gist (at);
or CREATE INDEX ON places USING spgist (at);
-- ideal
CREATE INDEX ON places USING gist (at);
