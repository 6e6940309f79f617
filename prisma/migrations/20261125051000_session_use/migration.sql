-- When a session was last used, a minute late at most; null for one that was only opened.

ALTER TABLE "session" ADD COLUMN "last_used_at" TIMESTAMPTZ(3);
