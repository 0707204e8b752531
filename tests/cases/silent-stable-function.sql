-- The words for a time depend on settings: no index may hold them.
-- schema orders
-- query
SELECT * FROM orders WHERE to_char(placed_at, 'YYYY-MM-DD') = '2024-03-01';
-- expect
silence
