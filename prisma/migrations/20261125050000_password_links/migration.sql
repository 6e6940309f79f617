-- One-time links that set a new password. Only the SHA-256 of what stands in the link is kept.

CREATE TABLE "password_link" (
    "token_hash" BYTEA NOT NULL,
    "user_id" TEXT NOT NULL,
    "by_mail" BOOLEAN NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    CONSTRAINT "password_link_pkey" PRIMARY KEY ("token_hash"),
    CONSTRAINT "password_link_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "password_link_user_id_idx" ON "password_link" ("user_id");
