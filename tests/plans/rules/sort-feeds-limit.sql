\o sort-feeds-limit-fires.json
:explain select * from orders order by total desc limit 10;
\o sort-feeds-limit-silent.json
:explain select * from customer where id > 19000 order by name limit 900;
