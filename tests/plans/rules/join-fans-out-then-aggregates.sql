\o join-fans-out-then-aggregates-fires.json
:explain select a.city, count(*) from customer a join customer b on b.city = a.city where a.id <= 5000 group by a.city;
\o join-fans-out-then-aggregates-silent.json
:explain select a.city, count(*) from customer a join customer b on b.id = a.id + 1 where a.id <= 5000 group by a.city;
