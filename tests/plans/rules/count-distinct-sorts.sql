\o count-distinct-sorts-fires.json
:explain select count(distinct customer_code) from orders;
\o count-distinct-sorts-silent.json
:explain select count(*) from (select distinct customer_code from orders) codes;
