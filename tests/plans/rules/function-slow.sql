create function rules.rank_of(customer int) returns bigint language plpgsql stable as
    'begin return (select count(*) from rules.orders where customer_id between customer and customer + 10); end';
create function rules.twice(total int) returns int language plpgsql immutable as 'begin return total * 2; end';
\o function-slow-fires.json
:explain select id, rank_of(id) from customer where id between 5 and 1500;
\o function-slow-silent.json
:explain select id, twice(id) from customer where id between 5 and 1500;
