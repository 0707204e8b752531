-- Statements of its own: VACUUM cannot run beside others in one round trip.
vacuum (analyze);
