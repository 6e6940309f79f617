-- What the Ingest page shows, and transactions in short, so that an error can tell what it happened in.

-- Partitioned like "event": server/database/partitions.ts makes the partitions.
CREATE TABLE "transaction_summary" (
    "project_id" INTEGER NOT NULL,
    "received_on" DATE NOT NULL,
    "id" UUID NOT NULL,
    "trace_id" UUID,
    "span_id" TEXT,
    "name" TEXT NOT NULL,
    "op" TEXT,
    "status" TEXT,
    "duration_ms" DOUBLE PRECISION,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "release" TEXT,
    "environment" TEXT,
    CONSTRAINT "transaction_summary_pkey" PRIMARY KEY ("project_id", "received_on", "id")
) PARTITION BY RANGE ("received_on");
CREATE INDEX "transaction_summary_project_id_trace_id_idx" ON "transaction_summary" ("project_id", "trace_id");

-- Updated in place every few seconds, so there is room for that in each page.
CREATE TABLE "client_sdk" (
    "project_id" INTEGER NOT NULL,
    "name" TEXT NOT NULL,
    "version" TEXT NOT NULL,
    "event_count" BIGINT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "client_sdk_pkey" PRIMARY KEY ("project_id", "name", "version")
) WITH (fillfactor = 80);

CREATE TABLE "client_error" (
    "project_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "status" INTEGER NOT NULL,
    "code" TEXT NOT NULL,
    "message" TEXT NOT NULL,
    "sdk" TEXT,
    "address" TEXT,
    "count" BIGINT NOT NULL,
    "first_at" TIMESTAMPTZ(3) NOT NULL,
    "last_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "client_error_pkey" PRIMARY KEY ("project_id", "id")
) WITH (fillfactor = 80);

ALTER TABLE "client_key" ADD COLUMN "last_used_sdk" TEXT, ADD COLUMN "last_used_address" TEXT;
