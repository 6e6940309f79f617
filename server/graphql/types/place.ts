// What mutations answer that change a group or a project: the one that it was.

import type { Place } from '../../domain/place.ts'
import { builder } from '../builder.ts'
import { GroupNode } from './group.ts'
import { ProjectNode } from './project.ts'

export const PlacePayload = builder.objectRef<Place>('PlacePayload').implement({
  description: 'Where it was done: in a group or in a project.',
  fields: (t) => ({
    group: t.field({
      type: GroupNode,
      nullable: true,
      resolve: (place, _args, { database }) =>
        'groupId' in place ? database.prisma.group.findUnique({ where: { id: place.groupId } }) : null,
    }),
    project: t.field({
      type: ProjectNode,
      nullable: true,
      resolve: (place, _args, { loaders }) => ('projectId' in place ? loaders.project.load(place.projectId) : null),
    }),
  }),
})
