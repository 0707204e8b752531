-- Work that is the same in any session: $1 scans of a catalog that everybody may read.
SELECT pg_catalog.sum((SELECT pg_catalog.count(*) FROM pg_catalog.pg_proc AS p WHERE p.pronargs <> turn + 1000))
FROM pg_catalog.generate_series(1, $1) AS turn
