-- Each delivery is written once and changed four times within minutes. By shares of the table, as is the default, a ledger
-- of a hundred days would be vacuumed every twenty days and analysed every ten. By counts it is several times a day, and
-- the planner knows of an edition on the day on which it matters.
ALTER TABLE "deliveries" SET (
  autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 200000,
  autovacuum_vacuum_insert_scale_factor = 0, autovacuum_vacuum_insert_threshold = 200000,
  autovacuum_analyze_scale_factor = 0, autovacuum_analyze_threshold = 100000
);
