\o function-wraps-column-fires.json
:explain select * from customer where lower(name) = 'customer 4711';
\o function-wraps-column-silent.json
:explain select * from customer where lower(name) > 'customer 4';
