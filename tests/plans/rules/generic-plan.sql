prepare of_customer (int) as
    select sum(p.total) from orders o join orders p on p.id = o.customer_code where o.customer_id = $1;
set plan_cache_mode = force_generic_plan;
\o generic-plan-fires.json
:explain execute of_customer(1);
set plan_cache_mode = force_custom_plan;
\o generic-plan-silent.json
:explain execute of_customer(1);
