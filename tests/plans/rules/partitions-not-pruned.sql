create table sale (day date, amount int, pad text) partition by range (day);
create table sale_2021 partition of sale for values from ('2021-01-01') to ('2022-01-01');
create table sale_2022 partition of sale for values from ('2022-01-01') to ('2023-01-01');
create table sale_2023 partition of sale for values from ('2023-01-01') to ('2024-01-01');
create table sale_2024 partition of sale for values from ('2024-01-01') to ('2025-01-01');
insert into sale select date '2021-01-01' + g % 1461, g, repeat('x', 40) from generate_series(1, 80000) g;
vacuum analyze sale;
\o partitions-not-pruned-fires.json
:explain select * from sale where extract(year from day) = 2023;
\o partitions-not-pruned-silent.json
:explain select * from sale where extract(month from day) = 3;
