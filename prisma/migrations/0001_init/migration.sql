-- CreateSchema
CREATE SCHEMA IF NOT EXISTS "public";

-- CreateEnum
CREATE TYPE "subscriber_status" AS ENUM ('pending', 'active', 'paused', 'unsubscribed', 'suppressed');

-- CreateEnum
CREATE TYPE "frequency" AS ENUM ('daily', 'weekdays', 'weekly');

-- CreateEnum
CREATE TYPE "delivery_status" AS ENUM ('queued', 'sending', 'sent', 'failed', 'skipped');

-- CreateEnum
CREATE TYPE "letter_kind" AS ENUM ('confirm', 'welcome', 'already');

-- CreateTable
CREATE TABLE "papers" (
    "id" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "abstract" TEXT NOT NULL,
    "tldr" TEXT,
    "authors" TEXT[],
    "author_keys" TEXT[],
    "keywords" TEXT[],
    "categories" TEXT[],
    "published_at" TIMESTAMPTZ(3),
    "listed_on" DATE NOT NULL,
    "source" TEXT NOT NULL,
    "thumbnail" TEXT,
    "repository" TEXT,
    "project_page" TEXT,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "lexemes" tsvector NOT NULL,

    CONSTRAINT "papers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signals" (
    "paper_id" TEXT NOT NULL,
    "measured_at" TIMESTAMPTZ(3) NOT NULL,
    "votes" INTEGER NOT NULL,
    "comments" INTEGER NOT NULL,
    "stars" INTEGER,

    CONSTRAINT "signals_pkey" PRIMARY KEY ("paper_id","measured_at")
);

-- CreateTable
CREATE TABLE "ingests" (
    "id" SERIAL NOT NULL,
    "source" TEXT NOT NULL,
    "date" DATE NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "papers" INTEGER NOT NULL DEFAULT 0,
    "bad" INTEGER NOT NULL DEFAULT 0,
    "problems" JSONB NOT NULL DEFAULT '[]',
    "error" TEXT,

    CONSTRAINT "ingests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "editions" (
    "date" DATE NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "as_of" TIMESTAMPTZ(3) NOT NULL,
    "opens_at" TIMESTAMPTZ(3) NOT NULL,
    "notes" TEXT[],

    CONSTRAINT "editions_pkey" PRIMARY KEY ("date")
);

-- CreateTable
CREATE TABLE "edition_papers" (
    "edition_date" DATE NOT NULL,
    "paper_id" TEXT NOT NULL,
    "rank" INTEGER NOT NULL,
    "heat" DOUBLE PRECISION NOT NULL,
    "votes" INTEGER NOT NULL,
    "comments" INTEGER NOT NULL,
    "stars" INTEGER,
    "votes_gained" INTEGER NOT NULL,
    "stars_gained" INTEGER NOT NULL,

    CONSTRAINT "edition_papers_pkey" PRIMARY KEY ("edition_date","paper_id")
);

-- CreateTable
CREATE TABLE "topics" (
    "id" UUID NOT NULL,
    "query" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "topics_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "topic_ways" (
    "topic_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,
    "words" TEXT[],
    "lexemes" TEXT[],
    "must" tsquery,
    "must_not" tsquery,
    "phrases" TEXT[],
    "categories" TEXT[],
    "authors" TEXT[],

    CONSTRAINT "topic_ways_pkey" PRIMARY KEY ("topic_id","position")
);

-- CreateTable
CREATE TABLE "edition_topics" (
    "edition_date" DATE NOT NULL,
    "topic_id" UUID NOT NULL,
    "matched" INTEGER NOT NULL,

    CONSTRAINT "edition_topics_pkey" PRIMARY KEY ("edition_date","topic_id")
);

-- CreateTable
CREATE TABLE "topic_matches" (
    "edition_date" DATE NOT NULL,
    "topic_id" UUID NOT NULL,
    "paper_id" TEXT NOT NULL,
    "relevance" DOUBLE PRECISION NOT NULL,
    "in_title" TEXT[],
    "in_keywords" TEXT[],
    "in_abstract" TEXT[],

    CONSTRAINT "topic_matches_pkey" PRIMARY KEY ("edition_date","topic_id","paper_id")
);

-- CreateTable
CREATE TABLE "subscribers" (
    "id" UUID NOT NULL,
    "email" TEXT NOT NULL,
    "email_key" TEXT NOT NULL,
    "status" "subscriber_status" NOT NULL DEFAULT 'pending',
    "time_zone" TEXT NOT NULL DEFAULT 'UTC',
    "send_hour" INTEGER NOT NULL DEFAULT 8,
    "frequency" "frequency" NOT NULL DEFAULT 'daily',
    "max_papers" INTEGER NOT NULL DEFAULT 10,
    "trending" BOOLEAN NOT NULL DEFAULT true,
    "popularity" DOUBLE PRECISION NOT NULL DEFAULT 0.5,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "confirmed_at" TIMESTAMPTZ(3),
    "paused_until" TIMESTAMPTZ(3),
    "unsubscribed_at" TIMESTAMPTZ(3),
    "soft_bounces" DOUBLE PRECISION NOT NULL DEFAULT 0,
    "soft_bounced_at" TIMESTAMPTZ(3),

    CONSTRAINT "subscribers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscriber_topics" (
    "subscriber_id" UUID NOT NULL,
    "topic_id" UUID NOT NULL,
    "position" INTEGER NOT NULL,

    CONSTRAINT "subscriber_topics_pkey" PRIMARY KEY ("subscriber_id","topic_id")
);

-- CreateTable
CREATE TABLE "deliveries" (
    "id" UUID NOT NULL,
    "subscriber_id" UUID NOT NULL,
    "edition_date" DATE NOT NULL,
    "status" "delivery_status" NOT NULL DEFAULT 'queued',
    "reason" TEXT,
    "choices" JSONB,
    "paper_ids" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "lease" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "message_date" TIMESTAMPTZ(3),
    "settled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "letters" (
    "id" UUID NOT NULL,
    "subscriber_id" UUID NOT NULL,
    "kind" "letter_kind" NOT NULL,
    "status" "delivery_status" NOT NULL DEFAULT 'queued',
    "reason" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "lease" UUID,
    "leased_until" TIMESTAMPTZ(3),
    "message_date" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "settled_at" TIMESTAMPTZ(3),

    CONSTRAINT "letters_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "suppressions" (
    "address_hash" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "suppressions_pkey" PRIMARY KEY ("address_hash")
);

-- CreateTable
CREATE TABLE "feedback" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "subscriber_id" UUID,
    "delivery_id" UUID,
    "detail" TEXT,
    "received_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "feedback_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "breakers" (
    "name" TEXT NOT NULL,
    "open_until" TIMESTAMPTZ(3),
    "reason" TEXT NOT NULL,
    "refusals" INTEGER NOT NULL,
    "openings" INTEGER NOT NULL,

    CONSTRAINT "breakers_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "paces" (
    "name" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(6) NOT NULL,

    CONSTRAINT "paces_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "turns" (
    "host" TEXT NOT NULL,
    "free_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "turns_pkey" PRIMARY KEY ("host")
);

-- CreateIndex
CREATE INDEX "papers_listed_on_idx" ON "papers"("listed_on");

-- CreateIndex
CREATE INDEX "papers_lexemes_idx" ON "papers" USING GIN ("lexemes");

-- CreateIndex
CREATE INDEX "ingests_source_date_started_at_idx" ON "ingests"("source", "date", "started_at");

-- CreateIndex
CREATE UNIQUE INDEX "edition_papers_edition_date_rank_key" ON "edition_papers"("edition_date", "rank");

-- CreateIndex
CREATE UNIQUE INDEX "topics_query_key" ON "topics"("query");

-- CreateIndex
CREATE UNIQUE INDEX "subscribers_email_key_key" ON "subscribers"("email_key");

-- CreateIndex
CREATE INDEX "subscribers_status_time_zone_send_hour_idx" ON "subscribers"("status", "time_zone", "send_hour");

-- CreateIndex
CREATE INDEX "subscriber_topics_topic_id_idx" ON "subscriber_topics"("topic_id");

-- CreateIndex
CREATE INDEX "deliveries_status_next_attempt_at_idx" ON "deliveries"("status", "next_attempt_at");

-- CreateIndex
CREATE INDEX "deliveries_edition_date_status_idx" ON "deliveries"("edition_date", "status");

-- CreateIndex
CREATE UNIQUE INDEX "deliveries_subscriber_id_edition_date_key" ON "deliveries"("subscriber_id", "edition_date");

-- CreateIndex
CREATE INDEX "letters_status_next_attempt_at_idx" ON "letters"("status", "next_attempt_at");

-- CreateIndex
CREATE INDEX "letters_subscriber_id_kind_created_at_idx" ON "letters"("subscriber_id", "kind", "created_at");

-- CreateIndex
CREATE INDEX "feedback_subscriber_id_received_at_idx" ON "feedback"("subscriber_id", "received_at");

-- CreateIndex
CREATE INDEX "feedback_received_at_idx" ON "feedback"("received_at");

-- AddForeignKey
ALTER TABLE "signals" ADD CONSTRAINT "signals_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "papers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edition_papers" ADD CONSTRAINT "edition_papers_edition_date_fkey" FOREIGN KEY ("edition_date") REFERENCES "editions"("date") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edition_papers" ADD CONSTRAINT "edition_papers_paper_id_fkey" FOREIGN KEY ("paper_id") REFERENCES "papers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_ways" ADD CONSTRAINT "topic_ways_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topics"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edition_topics" ADD CONSTRAINT "edition_topics_edition_date_fkey" FOREIGN KEY ("edition_date") REFERENCES "editions"("date") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "edition_topics" ADD CONSTRAINT "edition_topics_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topics"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_matches" ADD CONSTRAINT "topic_matches_edition_date_fkey" FOREIGN KEY ("edition_date") REFERENCES "editions"("date") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "topic_matches" ADD CONSTRAINT "topic_matches_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topics"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriber_topics" ADD CONSTRAINT "subscriber_topics_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscribers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriber_topics" ADD CONSTRAINT "subscriber_topics_topic_id_fkey" FOREIGN KEY ("topic_id") REFERENCES "topics"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscribers"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "deliveries" ADD CONSTRAINT "deliveries_edition_date_fkey" FOREIGN KEY ("edition_date") REFERENCES "editions"("date") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "letters" ADD CONSTRAINT "letters_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "subscribers"("id") ON DELETE CASCADE ON UPDATE CASCADE;
