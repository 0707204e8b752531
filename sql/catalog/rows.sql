-- The rows of two queries in one snapshot: how many, and a sum over all of them in which their order plays no part. Each
-- query stands on lines of its own below its mark, so that a comment at its end comments nothing else out. `.*` is the whole
-- row even where a column is called advisor_row.
SELECT a.n, a.digest, b.n, b.digest
FROM (
    SELECT count(*)::int8 AS n, coalesce(sum(hashtextextended((advisor_row.*)::text, 0)::numeric), 0)::text AS digest
    FROM (
-- one
    ) AS advisor_row
) AS a, (
    SELECT count(*)::int8 AS n, coalesce(sum(hashtextextended((advisor_row.*)::text, 0)::numeric), 0)::text AS digest
    FROM (
-- other
    ) AS advisor_row
) AS b
