begin;
\o trigger-dominates-fires.json
:explain delete from parent where id > 980;
\o trigger-dominates-silent.json
:explain delete from quick_parent where id > 98000;
rollback;
