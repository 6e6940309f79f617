-- What issues are sorted by moves into a table of its own, so that counting an event writes no index.

CREATE TABLE "issue_rank" (
    "project_id" INTEGER NOT NULL,
    "issue_id" INTEGER NOT NULL,
    "status" "issue_status" NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "event_count" BIGINT NOT NULL DEFAULT 0,
    "user_count" BIGINT NOT NULL DEFAULT 0,
    CONSTRAINT "issue_rank_pkey" PRIMARY KEY ("project_id", "issue_id")
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);

INSERT INTO "issue_rank" ("project_id", "issue_id", "status", "last_seen_at", "first_seen_at", "event_count", "user_count")
SELECT "project_id", "id", "status", "last_seen_at", "first_seen_at", "event_count", "user_count" FROM "issue";

CREATE INDEX "issue_rank_project_id_status_last_seen_at_issue_id_idx" ON "issue_rank" ("project_id", "status", "last_seen_at", "issue_id");
CREATE INDEX "issue_rank_project_id_status_first_seen_at_issue_id_idx" ON "issue_rank" ("project_id", "status", "first_seen_at", "issue_id");
CREATE INDEX "issue_rank_project_id_status_event_count_issue_id_idx" ON "issue_rank" ("project_id", "status", "event_count", "issue_id");
CREATE INDEX "issue_rank_project_id_status_user_count_issue_id_idx" ON "issue_rank" ("project_id", "status", "user_count", "issue_id");

DROP INDEX "issue_project_id_status_last_seen_at_id_idx";
DROP INDEX "issue_project_id_status_first_seen_at_id_idx";
DROP INDEX "issue_project_id_status_event_count_id_idx";
DROP INDEX "issue_project_id_status_user_count_id_idx";
-- Room on each page for the versions that counting makes, now that they need no entry in an index.
ALTER TABLE "issue" SET (fillfactor = 60);
