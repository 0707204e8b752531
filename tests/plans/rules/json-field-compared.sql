create table event (id int primary key, data jsonb);
insert into event select g, jsonb_build_object('kind', case when g % 1000 = 0 then 'error' else 'info' end, 'size', g)
from generate_series(1, 50000) g;
create index event_kind on event ((data ->> 'kind'));
vacuum analyze event;
\o json-field-compared-silent.json
:explain select * from event where data ->> 'kind' = 'error';
drop index event_kind;
\o json-field-compared-fires.json
:explain select * from event where data ->> 'kind' = 'error';
