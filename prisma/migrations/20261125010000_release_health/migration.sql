-- Release health: sessions and who they belong to, counted by release, environment and hour.

-- A release in an environment. Empty: no environment; an empty version: all names beyond those that an hour may bring.
CREATE TABLE "release_health" (
    "project_id" INTEGER NOT NULL,
    "id" SERIAL NOT NULL,
    "version" TEXT NOT NULL,
    "environment" TEXT NOT NULL,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "user_rows" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "release_health_pkey" PRIMARY KEY ("project_id", "id")
) WITH (fillfactor = 80);
CREATE UNIQUE INDEX "release_health_project_id_version_environment_key" ON "release_health" ("project_id", "version", "environment");
CREATE INDEX "release_health_project_id_first_seen_at_id_idx" ON "release_health" ("project_id", "first_seen_at", "id");
CREATE INDEX "release_health_project_id_environment_first_seen_at_id_idx" ON "release_health" ("project_id", "environment", "first_seen_at", "id");
CREATE INDEX "release_health_project_id_created_at_idx" ON "release_health" ("project_id", "created_at");

-- Sessions by the hour in which they started.
CREATE TABLE "release_hour" (
    "project_id" INTEGER NOT NULL,
    "health_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "sessions" BIGINT NOT NULL,
    "errored" BIGINT NOT NULL,
    "crashed" BIGINT NOT NULL,
    "abnormal" BIGINT NOT NULL,
    "unhandled" BIGINT NOT NULL,
    "timed" BIGINT NOT NULL,
    "duration_ms" BIGINT NOT NULL,
    "users" INTEGER NOT NULL,
    "errored_users" INTEGER NOT NULL,
    "crashed_users" INTEGER NOT NULL,
    "abnormal_users" INTEGER NOT NULL,
    "anr_users" INTEGER NOT NULL,
    CONSTRAINT "release_hour_pkey" PRIMARY KEY ("project_id", "health_id", "hour")
) WITH (fillfactor = 80);

-- The same of all releases of an environment, so that a project's chart and a release's share read a row for each hour.
CREATE TABLE "environment_hour" (
    "project_id" INTEGER NOT NULL,
    "environment" TEXT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "sessions" BIGINT NOT NULL,
    "errored" BIGINT NOT NULL,
    "crashed" BIGINT NOT NULL,
    "abnormal" BIGINT NOT NULL,
    "unhandled" BIGINT NOT NULL,
    CONSTRAINT "environment_hour_pkey" PRIMARY KEY ("project_id", "environment", "hour")
) WITH (fillfactor = 80);

-- Who had a session, and in which hour the last one of each kind started.
CREATE TABLE "release_user" (
    "project_id" INTEGER NOT NULL,
    "health_id" INTEGER NOT NULL,
    "kind" SMALLINT NOT NULL,
    "user_hash" BIGINT NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "was_hour" TIMESTAMPTZ(3),
    CONSTRAINT "release_user_pkey" PRIMARY KEY ("project_id", "health_id", "kind", "user_hash")
) WITH (fillfactor = 80);

-- Single sessions, for as long as updates of them are taken, so that each counts once. Partitioned by the day in which they
-- started: server/database/partitions.ts.
CREATE TABLE "client_session" (
    "project_id" INTEGER NOT NULL,
    "started_on" DATE NOT NULL,
    "sid" UUID NOT NULL,
    "health_id" INTEGER NOT NULL,
    "duration_ms" INTEGER,
    "was_duration_ms" INTEGER,
    "state" SMALLINT NOT NULL,
    "was_state" SMALLINT NOT NULL DEFAULT 0,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "seq" BIGINT NOT NULL,
    CONSTRAINT "client_session_pkey" PRIMARY KEY ("project_id", "started_on", "sid")
) PARTITION BY RANGE ("started_on");
