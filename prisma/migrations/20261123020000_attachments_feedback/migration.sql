-- Files that belong to events, in pieces of 1 MiB, and what users say about errors.

-- Both partitioned like "event": server/database/partitions.ts makes the partitions.
CREATE TABLE "attachment" (
    "project_id" INTEGER NOT NULL,
    "received_on" DATE NOT NULL,
    "id" UUID NOT NULL,
    "event_id" UUID NOT NULL,
    "type" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "content_type" TEXT NOT NULL,
    "size" INTEGER NOT NULL,
    "sha1" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "attachment_pkey" PRIMARY KEY ("project_id", "received_on", "id")
) PARTITION BY RANGE ("received_on");
CREATE INDEX "attachment_project_id_event_id_idx" ON "attachment" ("project_id", "event_id");

CREATE TABLE "attachment_chunk" (
    "project_id" INTEGER NOT NULL,
    "received_on" DATE NOT NULL,
    "attachment_id" UUID NOT NULL,
    "position" SMALLINT NOT NULL,
    "bytes" BYTEA NOT NULL,
    CONSTRAINT "attachment_chunk_pkey" PRIMARY KEY ("project_id", "received_on", "attachment_id", "position")
) PARTITION BY RANGE ("received_on");
-- Most files are compressed as they come; to try again would cost more than it saves.
ALTER TABLE "attachment_chunk" ALTER COLUMN "bytes" SET STORAGE EXTERNAL;

CREATE TABLE "feedback" (
    "project_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "event_id" UUID,
    "issue_id" INTEGER,
    "name" TEXT,
    "email" TEXT,
    "comments" TEXT NOT NULL,
    "url" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "feedback_pkey" PRIMARY KEY ("project_id", "id")
);
CREATE INDEX "feedback_project_id_issue_id_created_at_id_idx" ON "feedback" ("project_id", "issue_id", "created_at", "id");
CREATE INDEX "feedback_project_id_created_at_id_idx" ON "feedback" ("project_id", "created_at", "id");
CREATE INDEX "feedback_project_id_event_id_idx" ON "feedback" ("project_id", "event_id");
