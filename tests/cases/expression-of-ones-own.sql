-- A function of one's own that says that it is immutable.
-- schema orders
CREATE FUNCTION season(timestamp) RETURNS int IMMUTABLE LANGUAGE plpgsql COST 1 AS 'BEGIN RETURN extract(doy FROM $1)::int / 2; END';
-- query
SELECT * FROM orders WHERE season(placed_at) = 42;
-- expect
CREATE INDEX ON orders (season(placed_at));
-- ideal
CREATE INDEX ON orders (season(placed_at));
