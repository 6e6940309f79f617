-- How many issues are new in a release. What an issue's first release is never changes, so that counting events does not
-- write this index.
CREATE INDEX "issue_project_id_first_release_idx" ON "issue" ("project_id", "first_release");
