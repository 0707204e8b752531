-- $1 text[]: function names in a plan. Which of them are volatile and not PostgreSQL's own
-- (manual, "Function Volatility Categories").
SELECT DISTINCT format('%I.%I', n.nspname, p.proname)
FROM pg_proc p JOIN pg_namespace n ON n.oid = p.pronamespace
WHERE p.proname = ANY ($1::text[]) AND n.nspname <> 'pg_catalog' AND p.provolatile = 'v'
ORDER BY 1
