-- Two letters are no trigram either.
-- schema people
CREATE EXTENSION pg_trgm;
-- query
SELECT id, name FROM people WHERE name LIKE '%zz%';
-- expect
silence
