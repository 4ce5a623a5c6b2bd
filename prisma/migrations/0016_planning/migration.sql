-- Postgres' just-in-time compiler takes many times longer for statements of ours than they run, and of a ledger that it has
-- no statistics of yet it thinks that all are dear. Whoever may not alter the database (only its owner may) keeps the
-- compiler, and loses time by it, no more.
-- \073 is a semicolon, at which a script is split before Postgres sees it.
DO E'BEGIN
  EXECUTE format(''ALTER DATABASE %I SET jit = off'', current_database())\073
EXCEPTION
  WHEN OTHERS THEN NULL\073
END';

-- A new house has statistics within a day, and a large one has them once a minute while it sends.
ALTER TABLE "deliveries" SET (autovacuum_analyze_threshold = 20000);
