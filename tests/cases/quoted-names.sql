-- Names that need quotes keep them.
-- schema
CREATE TABLE "Order Lines" ("ID" int PRIMARY KEY, "customerId" int NOT NULL, "select" text);
INSERT INTO "Order Lines" SELECT i, i * 7919 % 3000, repeat('x', 60) FROM generate_series(1, 60000) AS i;
ANALYZE "Order Lines";
-- query
SELECT * FROM "Order Lines" WHERE "customerId" = 42;
-- expect
CREATE INDEX ON public."Order Lines" ("customerId");
-- ideal
CREATE INDEX ON public."Order Lines" ("customerId");
