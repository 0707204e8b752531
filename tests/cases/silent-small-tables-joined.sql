-- Two tables of a few pages, each row of one with each row of the other.
-- schema
CREATE TABLE teams (id int PRIMARY KEY, name text NOT NULL);
INSERT INTO teams SELECT i, 'team ' || i FROM generate_series(1, 300) AS i;
ANALYZE teams;
-- query
SELECT count(*) FROM teams h CROSS JOIN teams a WHERE h.id <> a.id AND md5(h.name || a.name) > 'f';
-- expect
silence: is small
