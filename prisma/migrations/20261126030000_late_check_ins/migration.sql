-- The time that a check-in was meant for, so that one which came late can be told. Of those from before it is not known.
ALTER TABLE "check_in" ADD COLUMN "expected_at" TIMESTAMPTZ(3);
