-- Until the transaction ends: what is written is found by its number, at the same cost in both copies, and in the order in
-- which the table has it.
SET LOCAL jit = off;
SET LOCAL max_parallel_workers_per_gather = 0;
SET LOCAL synchronize_seqscans = off;
SET LOCAL enable_seqscan = off;
SET LOCAL enable_bitmapscan = off;
-- The sample is read in the table's own order, whatever indexes there are.
SET LOCAL enable_indexonlyscan = off
