// What owners do to whole projects and groups: rename, move, delete. A deletion is confirmed by the path, typed.

import { assertCan } from '../../auth/can.ts'
import { deleteGroup, renameGroup } from '../../projects/change-group.ts'
import { moveProject, renameProject } from '../../projects/change-project.ts'
import { deleteProject } from '../../projects/delete-project.ts'
import { builder } from '../builder.ts'
import { requireSerial } from '../global-id.ts'
import { refreshViewer } from '../refresh-viewer.ts'
import { PlacePayload } from './place.ts'

const UpdateProjectInput = builder.inputType('UpdateProjectInput', {
  fields: (t) => ({
    project: t.id({ required: true }),
    name: t.string({ required: true, description: 'What pages call it; its path stays.' }),
  }),
})
const MoveProjectInput = builder.inputType('MoveProjectInput', {
  fields: (t) => ({
    project: t.id({ required: true }),
    path: t.string({ required: true, description: '`group/name`. DSNs hold its number, and stay right.' }),
  }),
})
const DeleteProjectInput = builder.inputType('DeleteProjectInput', {
  fields: (t) => ({
    project: t.id({ required: true }),
    path: t.string({ required: true, description: 'Its whole path, as somebody typed it, to confirm.' }),
  }),
})
const RenameGroupInput = builder.inputType('RenameGroupInput', {
  fields: (t) => ({ group: t.id({ required: true }), path: t.string({ required: true }) }),
})
const DeleteGroupInput = builder.inputType('DeleteGroupInput', {
  fields: (t) => ({
    group: t.id({ required: true }),
    path: t.string({ required: true, description: 'Its path, as somebody typed it, to confirm.' }),
  }),
})
const DeletePayload = builder.objectRef<{ deletedId: string }>('DeletePayload').implement({
  fields: (t) => ({ deletedId: t.id({ resolve: ({ deletedId }) => deletedId }) }),
})

builder.mutationFields((t) => ({
  updateProject: t.field({
    type: PlacePayload,
    access: 'manageProject',
    args: { input: t.arg({ type: UpdateProjectInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const projectId = requireSerial(input.project, 'Project')
      assertCan(context.viewer, 'manageProject', { projectId })
      context.loaders.project.keep(projectId, await renameProject(context, projectId, input.name))
      return { projectId }
    },
  }),
  moveProject: t.field({
    type: PlacePayload,
    access: 'moveProject',
    description: 'To another path, or to another group, in which one may create projects.',
    args: { input: t.arg({ type: MoveProjectInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const projectId = requireSerial(input.project, 'Project')
      assertCan(context.viewer, 'moveProject', { projectId })
      context.loaders.project.keep(projectId, await moveProject(context, projectId, input.path))
      await refreshViewer(context)
      return { projectId }
    },
  }),
  deleteProject: t.field({
    type: DeletePayload,
    access: 'deleteProject',
    description: 'With its issues, events, keys, tokens and members. It is gone at once; many events take a while.',
    args: { input: t.arg({ type: DeleteProjectInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const projectId = requireSerial(input.project, 'Project')
      assertCan(context.viewer, 'deleteProject', { projectId })
      await deleteProject(context, projectId, input.path)
      await context.purge.runBriefly()
      return { deletedId: input.project }
    },
  }),
  renameGroup: t.field({
    type: PlacePayload,
    access: 'renameGroup',
    description: 'Changes the paths of all its projects. DSNs stay right.',
    args: { input: t.arg({ type: RenameGroupInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const groupId = requireSerial(input.group, 'Group')
      assertCan(context.viewer, 'renameGroup', { groupId })
      await renameGroup(context, groupId, input.path)
      return { groupId }
    },
  }),
  deleteGroup: t.field({
    type: DeletePayload,
    access: 'deleteGroup',
    description: 'With all its projects and everything of them.',
    args: { input: t.arg({ type: DeleteGroupInput, required: true }) },
    resolve: async (_root, { input }, context) => {
      const groupId = requireSerial(input.group, 'Group')
      assertCan(context.viewer, 'deleteGroup', { groupId })
      await deleteGroup(context, groupId, input.path)
      await context.purge.runBriefly()
      return { deletedId: input.group }
    },
  }),
}))
