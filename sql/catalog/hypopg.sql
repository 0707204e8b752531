-- HypoPG's version when it is installed, with its schema; else the version whose files the server has
-- (manual, "pg_available_extensions"), and whether this role could create it.
SELECT a.installed_version,
       a.default_version,
       (SELECT n.nspname FROM pg_extension e JOIN pg_namespace n ON n.oid = e.extnamespace WHERE e.extname = 'hypopg'),
       -- HypoPG is not marked trusted, so that only a superuser may create it.
       (SELECT rolsuper FROM pg_roles WHERE rolname = current_user),
       pg_is_in_recovery()
FROM pg_available_extensions a WHERE a.name = 'hypopg'
