\o rows-misestimated-fires.json
:explain select * from customer a join customer b on b.name = 'customer ' || a.id + 1
    where a.city = 'city 7' and a.country = 'country 7' and a.area = 'area 7'
    and b.city = 'city 8' and b.country = 'country 8' and b.area = 'area 8';
begin;
create statistics customer_place (dependencies) on city, country, area from customer;
analyze customer;
\o rows-misestimated-silent.json
:explain select * from customer a join customer b on b.name = 'customer ' || a.id + 1
    where a.city = 'city 7' and a.country = 'country 7' and a.area = 'area 7'
    and b.city = 'city 8' and b.country = 'country 8' and b.area = 'area 8';
rollback;
