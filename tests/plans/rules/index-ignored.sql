-- Most tickets were open when ANALYZE last looked.
create table ticket (id int primary key, state text, body text) with (autovacuum_enabled = off);
insert into ticket select g, case when g % 10 = 0 then 'done' else 'open' end, repeat('x', 100)
from generate_series(1, 100000) g;
create index ticket_state on ticket (state);
vacuum analyze ticket;
update ticket set state = 'done' where id % 10000 <> 1;
vacuum ticket;
\o index-ignored-fires.json
:explain select * from ticket where state = 'open';
vacuum full ticket;
analyze ticket;
\o index-ignored-silent.json
:explain select * from ticket where state = 'done' and body = '';
