select string_agg('total = ' || g * 17, ' or ') as alternatives, string_agg((g * 17)::text, ', ') as list
from generate_series(1, 100) g \gset
\o list-is-long-fires.json
:explain select * from orders where :alternatives;
\o list-is-long-silent.json
:explain select * from orders where total in (:list);
