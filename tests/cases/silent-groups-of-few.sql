-- Three groups of everything are hashed.
-- schema orders
-- query
SELECT status, sum(total), max(note) FROM orders GROUP BY status;
-- expect
silence: it reads every row
