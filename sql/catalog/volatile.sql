-- $1 text[]: function names in a plan. Which of them are volatile and not PostgreSQL's own
-- (manual, "Function Volatility Categories"). 11 is pg_catalog's OID on every server (pg_namespace.dat); a fresh
-- backend looks up every function, operator and table that a query names, so this one names few.
SELECT pronamespace::regnamespace::text, quote_ident(proname)
FROM pg_catalog.pg_proc
WHERE proname = ANY ($1::name[]) AND provolatile = 'v' AND pronamespace <> 11
