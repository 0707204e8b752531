-- What is computed of one column.
-- schema orders
-- query
SELECT * FROM orders WHERE total * 2 = 400;
-- expect
CREATE INDEX ON orders ((total * 2));
-- ideal
CREATE INDEX ON orders ((total * 2));
