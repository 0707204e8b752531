\o arithmetic-wraps-column-fires.json
:explain select * from orders where placed + interval '30 days' < '2024-02-05';
\o arithmetic-wraps-column-silent.json
:explain select * from orders where placed < timestamp '2024-02-05' - interval '30 days';
