-- Building it fails for a duplicate, and leaves it behind.
create table voucher as select id, customer_code as code from orders;
\set ON_ERROR_STOP off
create unique index concurrently voucher_code on voucher (code);
\set ON_ERROR_STOP on
\o invalid-index-fires.json
:explain select * from voucher where code = 17;
\o invalid-index-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules'], array['voucher'], array['code'], false);
\qecho }
drop index voucher_code;
create index voucher_code on voucher (code);
\o invalid-index-silent.json
:explain select * from voucher where id = 17;
\o invalid-index-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules'], array['voucher'], array['code'], false);
\qecho }
