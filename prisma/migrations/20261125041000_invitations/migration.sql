-- Links that make their user a member.

CREATE TABLE "invitation" (
    "id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "group_id" INTEGER,
    "project_id" INTEGER,
    "role" "role" NOT NULL,
    "email" TEXT,
    "invited_by" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "invitation_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "invitation_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "project_group" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "invitation_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "invitation_place" CHECK (("group_id" IS NULL) <> ("project_id" IS NULL))
);
CREATE UNIQUE INDEX "invitation_token_hash_key" ON "invitation" ("token_hash");
CREATE INDEX "invitation_group_id_idx" ON "invitation" ("group_id");
CREATE INDEX "invitation_project_id_idx" ON "invitation" ("project_id");
