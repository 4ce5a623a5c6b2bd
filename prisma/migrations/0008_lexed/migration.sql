-- AlterTable
ALTER TABLE "papers" ADD COLUMN     "lexed_by" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "topics" ADD COLUMN     "lexed_by" TEXT NOT NULL DEFAULT '';

-- AlterTable
ALTER TABLE "topic_ways" ADD COLUMN     "phrase_tokens" TEXT[] DEFAULT ARRAY[]::TEXT[];
