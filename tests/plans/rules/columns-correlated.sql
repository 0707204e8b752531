\o columns-correlated-fires.json
:explain select sum(o.total) from customer c join orders o on o.id = c.id where c.city = 'city 7' and c.country = 'country 7';
\o columns-correlated-fires.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['customer', 'orders'], array['city', 'country', 'id'], false);
\qecho }
begin;
create statistics customer_place (dependencies) on city, country from customer;
analyze customer;
\o columns-correlated-silent.json
:explain select sum(o.total) from customer c join orders o on o.id = c.id where c.city = 'city 7' and c.country = 'country 7';
\o columns-correlated-silent.catalog.json
\qecho {"tables":
execute catalog(array['rules', 'rules'], array['customer', 'orders'], array['city', 'country', 'id'], false);
\qecho }
rollback;
