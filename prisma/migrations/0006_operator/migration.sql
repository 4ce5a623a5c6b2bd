-- AlterTable
ALTER TABLE "subscribers" ADD COLUMN     "consent" TEXT;

-- CreateTable
CREATE TABLE "alerts" (
    "name" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "raised_at" TIMESTAMPTZ(3) NOT NULL,
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "alerts_pkey" PRIMARY KEY ("name")
);
