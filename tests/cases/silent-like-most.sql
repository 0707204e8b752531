-- Three letters that stand in nearly every row.
-- schema people
CREATE EXTENSION pg_trgm;
-- query
SELECT * FROM people WHERE email LIKE '%Example%';
-- expect
silence
