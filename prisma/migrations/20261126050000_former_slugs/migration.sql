-- The names that a project had in its path before, so that the short ids which were written down with them still lead to
-- its issues. Moves from before are in the audit log.
ALTER TABLE "project" ADD COLUMN "former_slugs" TEXT[] NOT NULL DEFAULT ARRAY[]::TEXT[];
UPDATE "project" p SET "former_slugs" = f.slugs
  FROM (SELECT a.project_id, array_agg(DISTINCT split_part(a.changes #>> '{path,from}', '/', 2)) AS slugs
          FROM "audit_entry" a
         WHERE a.action = 'project.move' AND a.changes #>> '{path,from}' IS NOT NULL
         GROUP BY a.project_id) f
 WHERE f.project_id = p.id;
