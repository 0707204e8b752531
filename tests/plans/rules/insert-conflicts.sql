begin;
\o insert-conflicts-fires.json
:explain insert into parent select g from generate_series(1, 5000) g, generate_series(1, 3) on conflict do nothing;
\o insert-conflicts-silent.json
:explain insert into parent select g from generate_series(1, 12000) g on conflict do nothing;
rollback;
