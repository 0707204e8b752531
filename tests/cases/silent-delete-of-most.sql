-- A DELETE of nine rows in ten.
-- schema orders
-- query
DELETE FROM orders WHERE status = 'paid';
-- expect
silence: of the rows that it reads
