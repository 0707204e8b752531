-- A path that a document has.
-- schema people
-- query
SELECT * FROM people WHERE profile @@ '$.city == "city 42"';
-- expect
CREATE INDEX ON people USING gin (profile jsonb_path_ops);
or CREATE INDEX ON people USING gin (profile);
-- ideal
CREATE INDEX ON people USING gin (profile jsonb_path_ops);
