-- What was deleted and is not all gone yet. Issue 0: the whole project.

CREATE TABLE "pending_deletion" (
    "project_id" INTEGER NOT NULL,
    "issue_id" INTEGER NOT NULL,
    "requested_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "pending_deletion_pkey" PRIMARY KEY ("project_id", "issue_id")
);
