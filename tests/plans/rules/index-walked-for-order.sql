-- The oldest invoices are all paid.
create table invoice (id int primary key, state text, body text);
insert into invoice select g, case when g > 99900 and g % 2 = 0 then 'open' else 'paid' end, repeat('x', 100)
from generate_series(1, 100000) g;
vacuum analyze invoice;
\o index-walked-for-order-fires.json
:explain select * from invoice where state = 'open' order by id limit 10;
\o index-walked-for-order-silent.json
:explain select * from invoice where state = 'paid' order by id limit 10;
