-- Events over a soft limit are counted without being stored; a project and a key may have limits of their own.
ALTER TABLE "tally" ADD COLUMN "sampled" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "client_key" ADD COLUMN "events_per_minute" INTEGER;
ALTER TABLE "project" ADD COLUMN "settings" JSONB NOT NULL DEFAULT '{}';
