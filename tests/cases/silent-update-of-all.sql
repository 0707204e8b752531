-- An UPDATE of every row.
-- schema jobs
-- query
UPDATE jobs SET priority = priority + 1;
-- expect
silence
