-- An order of a function's values.
-- schema people
-- query
SELECT id, email FROM people ORDER BY lower(email) LIMIT 10;
-- expect
CREATE INDEX ON people (lower(email));
-- ideal
CREATE INDEX ON people (lower(email));
