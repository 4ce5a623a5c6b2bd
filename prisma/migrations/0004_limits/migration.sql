-- CreateTable
CREATE TABLE "limits" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL,
    "expire" TIMESTAMPTZ(3),

    CONSTRAINT "limits_pkey" PRIMARY KEY ("key")
);
