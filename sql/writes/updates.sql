-- Gives each of the rows in advisor_places the value of another one, so that an UPDATE really changes it: they are ordered
-- by value, and each takes the one that stands half of them further on. A value that more than half of the rows have
-- cannot be changed for all of them; those are left out. Any type can be written as text.
CREATE TEMPORARY TABLE advisor_updates AS
WITH ranked AS (
    SELECT place, value, row_number() OVER (ORDER BY value::text) - 1 AS rank, count(*) OVER () AS all_rows
    FROM pg_temp.advisor_places
)
SELECT one.place, other.value, (row_number() OVER (ORDER BY one.place) - 1)::int AS number
FROM ranked one JOIN ranked other ON other.rank = (one.rank + one.all_rows / 2) % one.all_rows
WHERE one.value::text IS DISTINCT FROM other.value::text
