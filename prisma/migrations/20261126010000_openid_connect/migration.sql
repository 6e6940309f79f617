-- Signing in by an OpenID Connect provider: who somebody is there, once each; and which roles they have because it says so.

CREATE UNIQUE INDEX "account_provider_id_account_id_key" ON "account" ("provider_id", "account_id");

ALTER TABLE "group_member" ADD COLUMN "by_provider" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "project_member" ADD COLUMN "by_provider" BOOLEAN NOT NULL DEFAULT false;
ALTER TABLE "app_user" ADD COLUMN "owner_by_provider" BOOLEAN NOT NULL DEFAULT false;

-- The addresses of the instance's owners are their own word, or the operator's.
UPDATE "app_user" SET "email_verified" = true WHERE "is_owner";
