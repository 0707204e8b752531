-- An order in another collation than the column's.
-- schema people
-- query
SELECT id, name FROM people ORDER BY name COLLATE "C" LIMIT 10;
-- expect
CREATE INDEX ON people (name COLLATE "C");
-- ideal
CREATE INDEX ON people (name COLLATE "C");
