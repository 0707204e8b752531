-- A CTE's rows, and a function's, are in no index.
-- schema
CREATE TABLE unused (id int);
-- query
WITH numbers AS MATERIALIZED (SELECT g, g * 7919 % 1000 AS r FROM generate_series(1, 50000) AS g) SELECT count(*) FROM numbers WHERE r = 42;
-- expect
silence
