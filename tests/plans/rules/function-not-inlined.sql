create function rules.paid_orders() returns setof orders language plpgsql stable as
    'begin return query select * from rules.orders where status = ''paid''; end';
create function rules.inlined_orders() returns setof orders language sql stable as
    'select * from rules.orders where status = ''paid''';
\o function-not-inlined-fires.json
:explain select id, total from paid_orders() where customer_id = 17;
\o function-not-inlined-silent.json
:explain select id, total from inlined_orders() where customer_id = 17;
