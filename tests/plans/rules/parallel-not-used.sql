\o parallel-not-used-fires.json
:explain select count(*) from orders where note ~ '^x+$';
set max_parallel_workers_per_gather = 2;
set parallel_setup_cost = 0;
\o parallel-not-used-silent.json
:explain select count(*) from orders where note ~ '^x+$';
