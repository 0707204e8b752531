begin;
\o writes-whole-table-fires.json
:explain update discount set high = high + 1;
\o writes-whole-table-silent.json
:explain update discount set high = high + 1 where low < 2000;
rollback;
