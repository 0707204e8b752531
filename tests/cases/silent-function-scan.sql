-- Nothing is read from a table.
-- schema
CREATE TABLE unused (id int);
-- query
SELECT sum(g) FROM generate_series(1, 100000) AS g;
-- expect
silence
