-- Totals by customer of what is open: equality, groups and sums from one index.
-- schema orders
-- query
SELECT customer_id, sum(total) FROM orders WHERE status = 'open' GROUP BY customer_id;
-- expect
CREATE INDEX ON orders (status, customer_id) INCLUDE (total);
or CREATE INDEX ON orders (status) INCLUDE (customer_id, total);
or CREATE INDEX ON orders (status, customer_id, total);
or CREATE INDEX ON orders (customer_id) INCLUDE (total) WHERE status = 'open';
or CREATE INDEX ON orders (customer_id, total) WHERE status = 'open';
-- ideal
CREATE INDEX ON orders (status) INCLUDE (customer_id, total);
