-- Editions are matched anew with whatever is asked of them.
DELETE FROM "edition_topics";

-- AlterTable
ALTER TABLE "edition_topics" ADD COLUMN     "matches" JSON NOT NULL;

-- DropTable
DROP TABLE "topic_matches";
