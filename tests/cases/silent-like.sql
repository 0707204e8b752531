-- A pattern of one letter: there is no trigram in it.
-- schema people
CREATE EXTENSION pg_trgm;
-- query
SELECT * FROM people WHERE name LIKE '%!%';
-- expect
silence
