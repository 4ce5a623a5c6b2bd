-- AlterTable
ALTER TABLE "subscriber_topics" ADD COLUMN     "written" TEXT;
