-- Two parts of a time.
-- schema orders
-- query
SELECT * FROM orders WHERE extract(year FROM placed_at) = 2024 AND extract(doy FROM placed_at) = 42;
-- expect
CREATE INDEX ON orders (extract(doy FROM placed_at));
or CREATE INDEX ON orders (extract(doy FROM placed_at), extract(year FROM placed_at));
or CREATE INDEX ON orders (extract(year FROM placed_at), extract(doy FROM placed_at));
-- ideal
CREATE INDEX ON orders (extract(doy FROM placed_at));
