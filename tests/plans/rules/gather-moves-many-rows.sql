set max_parallel_workers_per_gather = 2;
set parallel_setup_cost = 0;
set parallel_tuple_cost = 0;
\o gather-moves-many-rows-fires.json
:explain select * from orders;
\o gather-moves-many-rows-silent.json
:explain select * from orders where note ~ 'x+y' or status ~ 'f.*d$';
