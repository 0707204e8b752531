-- The inner side of a loop is summed: the index answers without the table.
-- schema orders customers
-- query
SELECT c.name, sum(o.total) FROM customers c JOIN orders o ON o.customer_id = c.id WHERE c.country = 'country 7' GROUP BY c.name;
-- expect
CREATE INDEX ON orders (customer_id) INCLUDE (total);
or CREATE INDEX ON orders (customer_id, total);
-- ideal
CREATE INDEX ON orders (customer_id) INCLUDE (total);
