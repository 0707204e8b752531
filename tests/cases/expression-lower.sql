-- A function of a column is not the column: the function is indexed.
-- schema people
-- query
SELECT * FROM people WHERE lower(email) = 'c42@example.com';
-- expect
CREATE INDEX ON people (lower(email));
or CREATE INDEX ON people USING hash (lower(email));
-- ideal
CREATE INDEX ON people (lower(email));
