-- What GitLab's API needs of us: a switch that hides a project from error tracking altogether, and a number for each person.

ALTER TABLE "project" ADD COLUMN "tracking_hidden" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "app_user" ADD COLUMN "number" SERIAL NOT NULL;
CREATE UNIQUE INDEX "app_user_number_key" ON "app_user" ("number");
