// What a project sets for itself: what it does not keep, what it takes out, how much it takes, and for how long.

import { assertCan } from '../../auth/can.ts'
import { readProjectSettings, type FilterSettings, type ProjectSettings } from '../../domain/project-settings.ts'
import type { ProjectRow } from '../../projects/project-row.ts'
import { updateSettings } from '../../projects/update-settings.ts'
import { builder } from '../builder.ts'
import { requireSerial } from '../global-id.ts'
import { ProjectNode } from './project.ts'

const GLOBS = '`*` is any text, `?` one character, in either case; the whole text must match. 50 at most.'

const InboundFilters = builder.objectRef<FilterSettings>('InboundFilters').implement({
  description: 'What is not kept of what is sent: answered 200, and counted among the outcomes with the filter’s name.',
  fields: (t) => ({
    browserExtensions: t.exposeBoolean('browserExtensions', {
      description: 'Errors of browser extensions and of other scripts that are not the page’s.',
    }),
    crawlers: t.exposeBoolean('crawlers', { description: 'What known web crawlers met, by their User-Agent.' }),
    localhost: t.exposeBoolean('localhost', { description: 'What happened on a developer’s machine.' }),
    releases: t.exposeStringList('releases', { description: `Patterns of releases. ${GLOBS}` }),
    releaseMin: t.exposeString('releaseMin', {
      nullable: true,
      description: 'Releases that are older than this version: `2.4.0`, or `shop@2.4.0` for those of one package.',
    }),
    messages: t.exposeStringList('messages', {
      description: `Patterns of a type, a value, \`type: value\` or a message, as the issue shows them. ${GLOBS}`,
    }),
    addresses: t.exposeStringList('addresses', {
      description: 'IP addresses and ranges (`10.0.0.0/8`) that nothing is taken from. 200 at most.',
    }),
  }),
})

const Scrubbing = builder.objectRef<ProjectSettings['scrubbing']>('Scrubbing').implement({
  description: 'What is taken out of events before they are stored.',
  fields: (t) => ({
    enabled: t.exposeBoolean('enabled', { description: 'While it is off, secrets are stored as they were sent.' }),
    sensitiveFields: t.exposeStringList('sensitiveFields', {
      description: 'Names, or parts of them, whose values are secret, beside those that always are. 100 at most.',
    }),
    safeFields: t.exposeStringList('safeFields', {
      description: 'Whole names whose values are left as they are. 100 at most.',
    }),
    removesAddresses: t.exposeBoolean('removesAddresses', {
      description: 'IP addresses of people and clients are kept nowhere; who is known by one alone is not counted.',
    }),
  }),
})

const EventLimits = builder.objectRef<ProjectSettings>('EventLimits').implement({
  fields: (t) => ({
    eventsPerMinute: t.exposeInt('eventsPerMinute', {
      nullable: true,
      description:
        'Soft: over it, new issues are stored whole, and repeats are counted but kept as a sample. 0: no limit; null: the instance’s.',
    }),
    eventsPerMinuteDefault: t.int({
      description: 'The instance’s, for projects without one of their own. 0: no limit.',
      resolve: (_settings, _args, { instance }) => instance.eventsPerMinute,
    }),
    eventsPerMinuteHardMax: t.exposeInt('eventsPerMinuteHardMax', {
      nullable: true,
      description: 'Over it, events are refused, and SDKs told to wait. null: no limit.',
    }),
  }),
})

const ProjectSettingsType = builder.objectRef<ProjectSettings>('ProjectSettings').implement({
  fields: (t) => ({
    filters: t.expose('filters', { type: InboundFilters }),
    scrubbing: t.expose('scrubbing', { type: Scrubbing }),
    limits: t.field({ type: EventLimits, resolve: (settings) => settings }),
    retentionDays: t.exposeInt('retentionDays', {
      nullable: true,
      description: 'How long what was received is kept. null: as long as the instance keeps it.',
    }),
    retentionDaysMax: t.int({
      description: 'The instance’s.',
      resolve: (_settings, _args, { instance }) => instance.retentionDays,
    }),
  }),
})

builder.prismaObjectField(ProjectNode, 'settings', (t) =>
  t.field({
    type: ProjectSettingsType,
    access: 'readSettings',
    resolve: ({ settings }) => readProjectSettings(settings),
  }),
)

const InboundFiltersInput = builder.inputType('InboundFiltersInput', {
  description: 'What is left out stays as it is; null is off.',
  fields: (t) => ({
    browserExtensions: t.boolean(),
    crawlers: t.boolean(),
    localhost: t.boolean(),
    releases: t.stringList(),
    releaseMin: t.string(),
    messages: t.stringList(),
    addresses: t.stringList(),
  }),
})
const ScrubbingInput = builder.inputType('ScrubbingInput', {
  description: 'What is left out stays as it is; null is the default.',
  fields: (t) => ({
    enabled: t.boolean(),
    sensitiveFields: t.stringList(),
    safeFields: t.stringList(),
    removesAddresses: t.boolean(),
  }),
})
const EventLimitsInput = builder.inputType('EventLimitsInput', {
  description: 'What is left out stays as it is; null is the instance’s limit, or none.',
  fields: (t) => ({ eventsPerMinute: t.int(), eventsPerMinuteHardMax: t.int() }),
})
const UpdateProjectSettingsInput = builder.inputType('UpdateProjectSettingsInput', {
  fields: (t) => ({
    project: t.id({ required: true }),
    filters: t.field({ type: InboundFiltersInput }),
    scrubbing: t.field({ type: ScrubbingInput }),
    limits: t.field({ type: EventLimitsInput }),
    retentionDays: t.int({ description: 'Left out, it stays as it is; null is the instance’s.' }),
  }),
})
const UpdateProjectSettingsPayload = builder
  .objectRef<{ project: ProjectRow }>('UpdateProjectSettingsPayload')
  .implement({ fields: (t) => ({ project: t.field({ type: ProjectNode, resolve: ({ project }) => project }) }) })

builder.mutationField('updateProjectSettings', (t) =>
  t.field({
    type: UpdateProjectSettingsPayload,
    access: 'manageProject',
    description:
      'All of it or nothing. What is wrong is told at once, each with its field, in `extensions.fields` of the error.',
    args: { input: t.arg({ type: UpdateProjectSettingsInput, required: true }) },
    resolve: async (_root, { input: { project: globalId, ...change } }, context) => {
      const projectId = requireSerial(globalId, 'Project')
      assertCan(context.viewer, 'manageProject', { projectId })
      const project = await updateSettings(context, projectId, change, context.instance.retentionDays)
      context.loaders.project.keep(projectId, project)
      return { project }
    },
  }),
)
