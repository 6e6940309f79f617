-- What a key is called, from which pages it may be used, and when it was replaced.

ALTER TABLE "client_key"
    ADD COLUMN "name" TEXT NOT NULL DEFAULT '',
    ADD COLUMN "allowed_origins" TEXT[] NOT NULL DEFAULT '{}',
    ADD COLUMN "rotated_at" TIMESTAMPTZ(3);
