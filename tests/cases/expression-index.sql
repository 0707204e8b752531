-- An index on an expression is none on its column.
-- schema people
CREATE INDEX people_lower ON people (lower(email));
ANALYZE people;
-- query
SELECT * FROM people WHERE email = 'C42@Example.com';
-- expect
CREATE INDEX ON people (email);
or CREATE INDEX ON people USING hash (email);
-- ideal
CREATE INDEX ON people (email);
