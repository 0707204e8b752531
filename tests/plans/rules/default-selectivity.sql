\o default-selectivity-fires.json
:explain select sum(o.total) from customer c join orders o on o.id = c.id where lower(left(c.name, 8)) = 'customer';
\o default-selectivity-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['customer', 'orders'], array['name', 'id'], false);
\qecho }
begin;
create statistics customer_begins on (lower(left(name, 8))) from customer;
analyze customer;
\o default-selectivity-silent.json
:explain select sum(o.total) from customer c join orders o on o.id = c.id where lower(left(c.name, 8)) = 'customer';
\o default-selectivity-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['customer', 'orders'], array['name', 'id'], false);
\qecho }
rollback;
