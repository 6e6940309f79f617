-- How many events came with each key, by the hour. Updated in place every few seconds, so there is room for that in each page.
CREATE TABLE "client_key_hour" (
    "project_id" INTEGER NOT NULL,
    "key_id" INTEGER NOT NULL,
    "hour" TIMESTAMPTZ(3) NOT NULL,
    "events" BIGINT NOT NULL,
    CONSTRAINT "client_key_hour_pkey" PRIMARY KEY ("key_id", "hour")
) WITH (fillfactor = 80);

ALTER TABLE "client_key_hour" ADD CONSTRAINT "client_key_hour_key_id_fkey" FOREIGN KEY ("key_id")
    REFERENCES "client_key"("id") ON DELETE CASCADE ON UPDATE CASCADE;
