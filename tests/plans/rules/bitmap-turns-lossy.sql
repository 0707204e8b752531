set enable_seqscan = off;
set work_mem = '64kB';
\o bitmap-turns-lossy-fires.json
:explain select count(note) from orders where placed between '2024-03-01' and '2024-05-01';
reset work_mem;
\o bitmap-turns-lossy-silent.json
:explain select count(pad) from logged where day between 20 and 22;
