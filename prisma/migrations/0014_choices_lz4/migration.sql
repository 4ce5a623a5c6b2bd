-- What was chosen is some two kilobytes of JSON, of which Postgres' own compression takes three times as long as all the
-- rest of writing it down. Where the server was built without the faster one, as the embedded database is, it stays.
-- \073 is a semicolon, at which a script is split before Postgres sees it.
DO E'BEGIN
  ALTER TABLE "deliveries" ALTER COLUMN "choices" SET COMPRESSION lz4\073
EXCEPTION
  WHEN feature_not_supported THEN NULL\073
END';
