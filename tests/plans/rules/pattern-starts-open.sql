\o pattern-starts-open-fires.json
:explain select * from customer where name like '%4711%';
\o pattern-starts-open-silent.json
:explain select * from customer where name like 'customer 4711%';
