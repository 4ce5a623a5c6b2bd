-- CreateTable
CREATE TABLE "tallies" (
    "edition_date" DATE NOT NULL,
    "sent" INTEGER NOT NULL,
    "failed" INTEGER NOT NULL,
    "skipped" INTEGER NOT NULL,
    "latency" DOUBLE PRECISION[],

    CONSTRAINT "tallies_pkey" PRIMARY KEY ("edition_date")
);

-- AddForeignKey
ALTER TABLE "tallies" ADD CONSTRAINT "tallies_edition_date_fkey" FOREIGN KEY ("edition_date") REFERENCES "editions"("date") ON DELETE CASCADE ON UPDATE CASCADE;
