-- Who made an access token, which for a project's token no other column tells.

ALTER TABLE "access_token" ADD COLUMN "created_by" TEXT;
