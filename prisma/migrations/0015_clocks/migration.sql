-- DropIndex
DROP INDEX "subscribers_status_time_zone_send_hour_idx";

-- AlterTable
ALTER TABLE "editions" ADD COLUMN     "composed_until" TIMESTAMPTZ(3);

-- AlterTable
ALTER TABLE "subscribers" ADD COLUMN     "changed_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP;

-- CreateIndex
CREATE INDEX "subscribers_status_time_zone_send_hour_changed_at_id_idx" ON "subscribers"("status", "time_zone", "send_hour", "changed_at", "id");

-- CreateIndex
CREATE INDEX "subscribers_changed_at_idx" ON "subscribers"("changed_at");
