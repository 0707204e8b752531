-- A comparison in another collation than the column's; EXPLAIN shows it.
-- schema people
-- query
SELECT * FROM people WHERE name COLLATE "C" >= 'Abc' AND name COLLATE "C" < 'Abd';
-- expect
CREATE INDEX ON people (name COLLATE "C");
-- ideal
CREATE INDEX ON people (name COLLATE "C");
