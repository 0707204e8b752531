-- Of two equalities the more selective one leads, or the rare one becomes the condition of a small index.
-- schema orders
-- query
SELECT * FROM orders WHERE status = 'lost' AND shop_id = 7;
-- expect
CREATE INDEX ON orders (shop_id, status);
or CREATE INDEX ON orders (status, shop_id);
or CREATE INDEX ON orders (shop_id) WHERE status = 'lost';
-- ideal
CREATE INDEX ON orders (shop_id) WHERE status = 'lost';
