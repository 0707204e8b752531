\o join-discards-rows-fires.json
:explain select * from orders join discount on total between low and high where orders.id <= 2000;
\o join-discards-rows-silent.json
:explain select * from orders join discount on total > low where orders.id <= 2000;
