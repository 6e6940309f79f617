CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TYPE "tracker_backend" AS ENUM ('INTEGRATED', 'SENTRY');
CREATE TYPE "level" AS ENUM ('debug', 'info', 'warning', 'error', 'fatal');
CREATE TYPE "issue_status" AS ENUM ('UNRESOLVED', 'RESOLVED', 'IGNORED');

-- People

CREATE TABLE "app_user" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "email_verified" BOOLEAN NOT NULL DEFAULT false,
    "image" TEXT,
    "is_owner" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "app_user_email_key" ON "app_user" ("email");

CREATE TABLE "session" (
    "id" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "ip_address" TEXT,
    "user_agent" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "session_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "session_token_key" ON "session" ("token");
CREATE INDEX "session_user_id_idx" ON "session" ("user_id");

CREATE TABLE "account" (
    "id" TEXT NOT NULL,
    "account_id" TEXT NOT NULL,
    "provider_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "access_token" TEXT,
    "refresh_token" TEXT,
    "id_token" TEXT,
    "access_token_expires_at" TIMESTAMPTZ(3),
    "refresh_token_expires_at" TIMESTAMPTZ(3),
    "scope" TEXT,
    "password" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "account_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "account_user_id_idx" ON "account" ("user_id");

CREATE TABLE "verification" (
    "id" TEXT NOT NULL,
    "identifier" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "verification_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "verification_identifier_idx" ON "verification" ("identifier");

CREATE TABLE "access_token" (
    "id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "scopes" TEXT[],
    "user_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    CONSTRAINT "access_token_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "access_token_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "access_token_secret_hash_key" ON "access_token" ("secret_hash");
CREATE INDEX "access_token_user_id_idx" ON "access_token" ("user_id");

CREATE TABLE "setting" (
    "name" TEXT NOT NULL,
    "value" JSONB NOT NULL,
    CONSTRAINT "setting_pkey" PRIMARY KEY ("name")
);

-- Projects

CREATE TABLE "project_group" (
    "id" SERIAL NOT NULL,
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "project_group_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "project_group_name_key" ON "project_group" ("name");

CREATE TABLE "project" (
    "id" SERIAL NOT NULL,
    "group_id" INTEGER NOT NULL,
    "slug" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "tracking_enabled" BOOLEAN NOT NULL DEFAULT false,
    "backend" "tracker_backend" NOT NULL DEFAULT 'INTEGRATED',
    "issues_made" INTEGER NOT NULL DEFAULT 0,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "project_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "project_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "project_group" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "project_group_id_slug_key" ON "project" ("group_id", "slug");

CREATE TABLE "client_key" (
    "id" SERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "public_key" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "expires_at" TIMESTAMPTZ(3),
    CONSTRAINT "client_key_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "client_key_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "client_key_public_key_key" ON "client_key" ("public_key");
CREATE INDEX "client_key_project_id_idx" ON "client_key" ("project_id");

-- Issues and events. No foreign keys: the batch writer locks the issues it counts for, and a check per row would cost
-- more than the row. A fillfactor below 100 leaves room for the versions that counting makes.

CREATE TABLE "issue" (
    "project_id" INTEGER NOT NULL,
    "id" INTEGER NOT NULL,
    "title" TEXT NOT NULL,
    "type" TEXT,
    "message" TEXT,
    "culprit" TEXT NOT NULL,
    "level" "level" NOT NULL,
    "platform" TEXT,
    "status" "issue_status" NOT NULL DEFAULT 'UNRESOLVED',
    "regressed" BOOLEAN NOT NULL DEFAULT false,
    "event_count" BIGINT NOT NULL DEFAULT 0,
    "user_count" BIGINT NOT NULL DEFAULT 0,
    "first_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "first_release" TEXT,
    "last_release" TEXT,
    "latest_received_at" TIMESTAMPTZ(3) NOT NULL,
    "latest_event_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "status_changed_at" TIMESTAMPTZ(3),
    CONSTRAINT "issue_pkey" PRIMARY KEY ("project_id", "id")
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0.05);
CREATE INDEX "issue_project_id_status_last_seen_at_id_idx" ON "issue" ("project_id", "status", "last_seen_at", "id");
CREATE INDEX "issue_project_id_status_first_seen_at_id_idx" ON "issue" ("project_id", "status", "first_seen_at", "id");
CREATE INDEX "issue_project_id_status_event_count_id_idx" ON "issue" ("project_id", "status", "event_count", "id");
CREATE INDEX "issue_project_id_status_user_count_id_idx" ON "issue" ("project_id", "status", "user_count", "id");

CREATE TABLE "issue_text" (
    "project_id" INTEGER NOT NULL,
    "issue_id" INTEGER NOT NULL,
    "text" TEXT NOT NULL,
    CONSTRAINT "issue_text_pkey" PRIMARY KEY ("project_id", "issue_id")
);
CREATE INDEX "issue_text_text_trgm" ON "issue_text" USING GIN ("text" gin_trgm_ops);

CREATE TABLE "issue_hash" (
    "project_id" INTEGER NOT NULL,
    "hash" UUID NOT NULL,
    "issue_id" INTEGER NOT NULL,
    "version" INTEGER NOT NULL,
    CONSTRAINT "issue_hash_pkey" PRIMARY KEY ("project_id", "hash")
);
CREATE INDEX "issue_hash_project_id_issue_id_idx" ON "issue_hash" ("project_id", "issue_id");

CREATE TABLE "issue_user" (
    "project_id" INTEGER NOT NULL,
    "issue_id" INTEGER NOT NULL,
    "user_hash" BIGINT NOT NULL,
    CONSTRAINT "issue_user_pkey" PRIMARY KEY ("project_id", "issue_id", "user_hash")
);

CREATE TABLE "issue_hour" (
    "project_id" INTEGER NOT NULL,
    "issue_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL,
    CONSTRAINT "issue_hour_pkey" PRIMARY KEY ("project_id", "issue_id", "hour")
) WITH (fillfactor = 80);

CREATE TABLE "issue_tag" (
    "project_id" INTEGER NOT NULL,
    "issue_id" INTEGER NOT NULL,
    "key" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    "count" BIGINT NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "issue_tag_pkey" PRIMARY KEY ("project_id", "issue_id", "key", "value")
) WITH (fillfactor = 80);

-- Partitions are made a week ahead by a job, and by the writer where one is missing: server/database/partitions.ts.
-- The payload is compressed before it comes here, so PostgreSQL must not try again.
CREATE TABLE "event" (
    "project_id" INTEGER NOT NULL,
    "received_on" DATE NOT NULL,
    "id" UUID NOT NULL,
    "issue_id" INTEGER NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "timestamp" TIMESTAMPTZ(3) NOT NULL,
    "level" "level" NOT NULL,
    "environment" TEXT,
    "release" TEXT,
    "payload" BYTEA NOT NULL,
    CONSTRAINT "event_pkey" PRIMARY KEY ("project_id", "received_on", "id")
) PARTITION BY RANGE ("received_on");
ALTER TABLE "event" ALTER COLUMN "payload" SET STORAGE EXTERNAL;
CREATE INDEX "event_project_id_issue_id_received_at_id_idx" ON "event" ("project_id", "issue_id", "received_at", "id");

CREATE TABLE "tally" (
    "id" BIGSERIAL NOT NULL,
    "project_id" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "issue_ids" INTEGER[],
    "tags" TEXT[],
    CONSTRAINT "tally_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "outcome" (
    "project_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "outcome" TEXT NOT NULL,
    "reason" TEXT NOT NULL,
    "category" TEXT NOT NULL,
    "quantity" BIGINT NOT NULL,
    CONSTRAINT "outcome_pkey" PRIMARY KEY ("project_id", "hour", "outcome", "reason", "category")
) WITH (fillfactor = 80);
