-- One shop's orders stand on every page of the table: an index that holds what is summed saves reading them.
-- schema orders
-- query
SELECT sum(total) FROM orders WHERE shop_id = 7;
-- expect
CREATE INDEX ON orders (shop_id) INCLUDE (total);
or CREATE INDEX ON orders (shop_id, total);
-- ideal
CREATE INDEX ON orders (shop_id) INCLUDE (total);
