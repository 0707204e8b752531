-- A unique index whose build failed is there, and no query may use it.
-- schema orders
CREATE UNIQUE INDEX CONCURRENTLY /* fails */ orders_customer ON orders (customer_id);
-- query
SELECT * FROM orders WHERE customer_id = 42;
-- expect
silence: `orders_customer` has these columns but is invalid
