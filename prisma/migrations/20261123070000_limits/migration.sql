-- Events over a soft limit are counted without being stored; a key may have a limit of its own.
ALTER TABLE "tally" ADD COLUMN "sampled" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "client_key" ADD COLUMN "events_per_minute" INTEGER;
