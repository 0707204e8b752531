\o offset-discards-rows-fires.json
:explain select * from orders order by id limit 20 offset 150000;
\o offset-discards-rows-silent.json
:explain select * from orders order by id limit 20 offset 20;
