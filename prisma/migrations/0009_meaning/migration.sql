-- AlterTable
ALTER TABLE "topic_matches" ADD COLUMN     "by_meaning" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "paper_vectors" (
    "paper_id" TEXT NOT NULL,
    "model" TEXT NOT NULL,
    "whole" BYTEA NOT NULL,
    "title" BYTEA NOT NULL,

    CONSTRAINT "paper_vectors_pkey" PRIMARY KEY ("paper_id")
);

-- CreateTable
CREATE TABLE "way_vectors" (
    "topic_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "model" TEXT NOT NULL,
    "whole" BYTEA NOT NULL,

    CONSTRAINT "way_vectors_pkey" PRIMARY KEY ("topic_id","position")
);

-- AddForeignKey
ALTER TABLE "paper_vectors" ADD CONSTRAINT "paper_vectors_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "papers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "way_vectors" ADD CONSTRAINT "way_vectors_topic_id_position_fkey" FOREIGN KEY ("topic_id", "position") REFERENCES "topic_ways"("topic_id", "position") ON DELETE CASCADE ON UPDATE CASCADE;
