set jit = on;
set jit_above_cost = 0;
-- The first statement of a session loads the compiler, which is no part of the figures.
\o /dev/null
:explain select 1;
\o jit-outweighs-query-fires.json
:explain select sum(total + 1), count(note) from orders where customer_id between 2 and 90 and status = 'paid';
set jit_optimize_above_cost = -1;
set jit_inline_above_cost = -1;
\o jit-outweighs-query-silent.json
:explain select sum(total + day) from orders, generate_series(1, 20) day;
