-- A day's partition has one day: standing second in the key it was compared at every step of every search and told nothing.
ALTER TABLE "client_session" DROP CONSTRAINT "client_session_pkey";
ALTER TABLE "client_session" ADD CONSTRAINT "client_session_pkey" PRIMARY KEY ("project_id", "sid", "started_on");

-- Room for a session's end in the page of its start. New partitions are made so: server/database/partitions.ts.
DO $$
DECLARE
    "day" REGCLASS;
BEGIN
    FOR "day" IN SELECT "inhrelid" FROM "pg_inherits" WHERE "inhparent" = 'client_session'::REGCLASS LOOP
        EXECUTE format('ALTER TABLE %s SET (fillfactor = 50)', "day");
    END LOOP;
END $$;
