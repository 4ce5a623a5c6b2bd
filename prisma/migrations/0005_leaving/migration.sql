-- AlterEnum
-- This migration adds more than one value to an enum.
-- With PostgreSQL versions 11 and earlier, this is not possible
-- in a single migration. This can be worked around by creating
-- multiple migrations, each migration adding only one value to
-- the enum.


ALTER TYPE "letter_kind" ADD VALUE 'goodbye';
ALTER TYPE "letter_kind" ADD VALUE 'preferences';

-- AlterTable
ALTER TABLE "subscribers" ADD COLUMN     "told_why" BOOLEAN NOT NULL DEFAULT false;

-- CreateTable
CREATE TABLE "departures" (
    "day" DATE NOT NULL,
    "reason" TEXT NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "departures_pkey" PRIMARY KEY ("day","reason")
);
