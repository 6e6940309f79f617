-- Who may do what where: members with roles, tokens that belong to a project, and the log of what people changed.

CREATE TYPE "role" AS ENUM ('REPORTER', 'DEVELOPER', 'MAINTAINER', 'OWNER');

ALTER TABLE "app_user" ADD COLUMN "disabled_at" TIMESTAMPTZ(3);

CREATE TABLE "group_member" (
    "group_id" INTEGER NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "group_member_pkey" PRIMARY KEY ("group_id", "user_id"),
    CONSTRAINT "group_member_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "project_group" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "group_member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "group_member_user_id_idx" ON "group_member" ("user_id");

CREATE TABLE "project_member" (
    "project_id" INTEGER NOT NULL,
    "user_id" TEXT NOT NULL,
    "role" "role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "project_member_pkey" PRIMARY KEY ("project_id", "user_id"),
    CONSTRAINT "project_member_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "project_member_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "project_member_user_id_idx" ON "project_member" ("user_id");

-- A token belongs to a person, or to a project with a role of its own.
ALTER TABLE "access_token"
    ALTER COLUMN "user_id" DROP NOT NULL,
    ADD COLUMN "project_id" INTEGER,
    ADD COLUMN "role" "role",
    ADD CONSTRAINT "access_token_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    ADD CONSTRAINT "access_token_holder" CHECK (("user_id" IS NULL) <> ("project_id" IS NULL) AND ("project_id" IS NULL) = ("role" IS NULL));
CREATE INDEX "access_token_project_id_idx" ON "access_token" ("project_id");

-- Null until error tracking is set up for the first time. Every project had it so far.
ALTER TABLE "project" ADD COLUMN "tracking_configured_at" TIMESTAMPTZ(3);
UPDATE "project" SET "tracking_configured_at" = "created_at";

-- No foreign keys: an entry outlives what it is about, and who did it.
CREATE TABLE "audit_entry" (
    "id" BIGSERIAL NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "action" TEXT NOT NULL,
    "actor_kind" TEXT NOT NULL,
    "actor_user_id" TEXT,
    "actor_token_id" UUID,
    "actor_name" TEXT NOT NULL,
    "address" TEXT,
    "group_id" INTEGER,
    "project_id" INTEGER,
    "target" TEXT NOT NULL,
    "changes" JSONB NOT NULL DEFAULT '{}',
    CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "audit_entry_group_id_id_idx" ON "audit_entry" ("group_id", "id");
CREATE INDEX "audit_entry_project_id_id_idx" ON "audit_entry" ("project_id", "id");
