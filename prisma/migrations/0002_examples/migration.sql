-- CreateEnum
CREATE TYPE "example_kind" AS ENUM ('more', 'less');

-- CreateTable
CREATE TABLE "examples" (
    "subscriber_id" UUID NOT NULL,
    "paper_id" TEXT NOT NULL,
    "kind" "example_kind" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "examples_pkey" PRIMARY KEY ("subscriber_id","paper_id")
);

-- CreateIndex
CREATE INDEX "examples_paper_id_idx" ON "examples"("paper_id");

-- AddForeignKey
ALTER TABLE "examples" ADD CONSTRAINT "examples_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscribers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "examples" ADD CONSTRAINT "examples_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "papers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
