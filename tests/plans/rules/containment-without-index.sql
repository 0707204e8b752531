create table booking (id int primary key, during daterange);
insert into booking select g, daterange(date '2020-01-01' + g % 2000, date '2020-01-03' + g % 2000)
from generate_series(1, 50000) g;
vacuum analyze booking;
\o containment-without-index-fires.json
:explain select * from booking where during && daterange '[2024-03-01,2024-03-02)';
create index booking_during on booking using gist (during);
analyze booking;
\o containment-without-index-silent.json
:explain select * from booking where during && daterange '[2024-03-01,2024-03-02)';
