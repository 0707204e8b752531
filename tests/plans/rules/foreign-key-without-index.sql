\o foreign-key-without-index-fires.json
explain (verbose, settings, format json) delete from parent where id > 980;
\o foreign-key-without-index-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules'], array['parent'], array['id', 'parent_id'], true);
\qecho }
\o foreign-key-without-index-silent.json
explain (verbose, settings, format json) delete from quick_parent where id > 98000;
\o foreign-key-without-index-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules'], array['quick_parent'], array['id', 'parent_id'], true);
\qecho }
