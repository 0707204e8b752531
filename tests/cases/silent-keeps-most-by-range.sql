-- A range that leaves little out.
-- schema orders
-- query
SELECT max(note), sum(total) FROM orders WHERE placed_at >= '2024-02-01';
-- expect
silence: of the rows that it reads
