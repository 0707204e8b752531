set join_collapse_limit = 12;
set geqo = off;
\o planning-dominates-fires.json
:explain select * from link t1 join link t2 using (b) join link t3 using (b) join link t4 using (b)
    join link t5 using (b) join link t6 using (b) join link t7 using (b) join link t8 using (b) join link t9 using (b);
\o planning-dominates-silent.json
:explain select * from orders where id = 4711;
