-- Files that are too large for an envelope come before it, in pieces: their bytes lie in attachment_chunk at once. A row is
-- deleted when an envelope names its file, which then has one in attachment, or after a day.
CREATE TABLE "attachment_upload" (
    "project_id" INTEGER NOT NULL,
    "id" UUID NOT NULL,
    "received_on" DATE NOT NULL,
    "size" INTEGER NOT NULL,
    "received" INTEGER NOT NULL,
    "pieces" INTEGER NOT NULL,
    "sha1" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "attachment_upload_pkey" PRIMARY KEY ("project_id", "id"),
    CONSTRAINT "attachment_upload_project_id_fkey" FOREIGN KEY ("project_id") REFERENCES "project" ("id")
        ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "attachment_upload_created_at_idx" ON "attachment_upload" ("created_at");
