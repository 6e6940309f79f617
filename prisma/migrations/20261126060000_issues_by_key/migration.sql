-- An index over all issues of a project looked as good as the key to a planner that had not counted any issue yet, and
-- reading events into the first some hundred issues then went through all of them for each. This one cannot be used for that.
DROP INDEX "issue_project_id_first_release_idx";
CREATE INDEX "issue_project_id_first_release_idx" ON "issue" ("project_id", "first_release") WHERE "first_release" IS NOT NULL;
