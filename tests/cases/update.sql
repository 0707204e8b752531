-- An UPDATE finds its rows like a query does.
-- schema orders
-- query
UPDATE orders SET note = 'called' WHERE customer_id = 42;
-- expect
CREATE INDEX ON orders (customer_id);
-- ideal
CREATE INDEX ON orders (customer_id);
