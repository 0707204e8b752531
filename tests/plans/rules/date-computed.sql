\o date-computed-fires.json
:explain select * from orders where date_trunc('day', placed) = '2024-03-01';
\o date-computed-silent.json
:explain select * from orders where placed >= '2024-03-01' and placed < '2024-03-02';
