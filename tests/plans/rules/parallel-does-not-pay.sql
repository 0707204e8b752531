set max_parallel_workers_per_gather = 2;
set parallel_setup_cost = 0;
set min_parallel_table_scan_size = 0;
\o parallel-does-not-pay-fires.json
:explain select count(*) from discount;
\o parallel-does-not-pay-silent.json
:explain select count(*) from orders where note ~ 'y+z';
