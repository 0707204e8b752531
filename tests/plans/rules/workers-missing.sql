set max_parallel_workers_per_gather = 2;
set parallel_setup_cost = 10;
\o workers-missing-silent.json
:explain select sum(total), max(note) from orders;
set max_parallel_workers = 0;
\o workers-missing-fires.json
:explain select sum(total), max(note) from orders;
