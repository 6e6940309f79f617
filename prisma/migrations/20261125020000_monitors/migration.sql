-- Monitors of jobs that run by the clock, and what those jobs checked in.

CREATE TABLE "monitor" (
    "project_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "config" JSONB NOT NULL,
    "paused_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "monitor_pkey" PRIMARY KEY ("project_id", "id")
);
CREATE UNIQUE INDEX "monitor_project_id_slug_key" ON "monitor" ("project_id", "slug");

CREATE TABLE "monitor_environment" (
    "project_id" INTEGER NOT NULL,
    "monitor_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "last_check_in_at" TIMESTAMPTZ(3) NOT NULL,
    "next_expected_at" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "missed_in_a_row" INTEGER NOT NULL DEFAULT 0,
    "failing_since" TIMESTAMPTZ(3),
    CONSTRAINT "monitor_environment_pkey" PRIMARY KEY ("project_id", "monitor_id", "name"),
    CONSTRAINT "monitor_environment_project_id_monitor_id_fkey" FOREIGN KEY ("project_id", "monitor_id")
        REFERENCES "monitor" ("project_id", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
-- What is due, in all projects.
CREATE INDEX "monitor_environment_deadline_at_idx" ON "monitor_environment" ("deadline_at");

-- No foreign key: a deleted monitor may have had a million, which are deleted piece by piece.
CREATE TABLE "check_in" (
    "project_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "monitor_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "started_at" TIMESTAMPTZ(3) NOT NULL,
    "finished_at" TIMESTAMPTZ(3),
    "timeout_at" TIMESTAMPTZ(3),
    "duration_ms" DOUBLE PRECISION,
    "release" TEXT,
    "trace_id" UUID,
    CONSTRAINT "check_in_pkey" PRIMARY KEY ("project_id", "id")
);
CREATE INDEX "check_in_project_id_monitor_id_environment_started_at_id_idx" ON "check_in" ("project_id", "monitor_id", "environment", "started_at", "id");
CREATE INDEX "check_in_timeout_at_idx" ON "check_in" ("timeout_at");
-- For retention.
CREATE INDEX "check_in_started_at_idx" ON "check_in" ("started_at");

-- Written with the check-in that is the reason, and deleted once the issue knows: so that no failure is forgotten, whichever
-- process ends when.
CREATE TABLE "monitor_alert" (
    "project_id" INTEGER NOT NULL,
    "id" BIGSERIAL NOT NULL,
    "monitor_id" UUID NOT NULL,
    "environment" TEXT NOT NULL,
    "check_in_id" UUID NOT NULL,
    "is_recovery" BOOLEAN NOT NULL,
    CONSTRAINT "monitor_alert_pkey" PRIMARY KEY ("project_id", "id"),
    CONSTRAINT "monitor_alert_project_id_monitor_id_fkey" FOREIGN KEY ("project_id", "monitor_id")
        REFERENCES "monitor" ("project_id", "id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "monitor_alert_project_id_monitor_id_idx" ON "monitor_alert" ("project_id", "monitor_id");
