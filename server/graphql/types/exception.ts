import type { EventException, EventThread, StackFrame } from '../../domain/event.ts'
import { builder } from '../builder.ts'

export const Frame = builder.objectRef<StackFrame>('Frame').implement({
  fields: (t) => ({
    function: t.exposeString('function', { nullable: true }),
    filename: t.exposeString('filename', { nullable: true }),
    absPath: t.exposeString('absPath', { nullable: true }),
    module: t.exposeString('module', { nullable: true }),
    lineno: t.exposeInt('lineno', { nullable: true }),
    colno: t.exposeInt('colno', { nullable: true }),
    inApp: t.exposeBoolean('inApp', { description: 'Code of the application itself, not of a library.' }),
    preContext: t.exposeStringList('preContext'),
    contextLine: t.exposeString('contextLine', { nullable: true }),
    postContext: t.exposeStringList('postContext'),
    vars: t.expose('vars', { type: 'JSON', nullable: true }),
  }),
})

export const ExceptionType = builder.objectRef<EventException>('Exception').implement({
  fields: (t) => ({
    type: t.exposeString('type', { nullable: true }),
    value: t.exposeString('value', { nullable: true }),
    module: t.exposeString('module', { nullable: true }),
    handled: t.boolean({ nullable: true, resolve: ({ mechanism }) => mechanism?.handled ?? null }),
    mechanism: t.expose('mechanism', { type: 'JSON', nullable: true }),
    frames: t.field({
      type: [Frame],
      complexity: { field: 1, multiplier: 5 },
      description: 'The innermost call first.',
      resolve: ({ stacktrace }) => stacktrace?.frames.toReversed() ?? [],
    }),
  }),
})

export const Thread = builder.objectRef<EventThread>('Thread').implement({
  fields: (t) => ({
    id: t.exposeString('id', { nullable: true, description: 'As the SDK numbered it.' }),
    name: t.exposeString('name', { nullable: true }),
    crashed: t.exposeBoolean('crashed'),
    current: t.exposeBoolean('current'),
    frames: t.field({
      type: [Frame],
      complexity: { field: 1, multiplier: 5 },
      description: 'The innermost call first.',
      resolve: ({ stacktrace }) => stacktrace?.frames.toReversed() ?? [],
    }),
  }),
})
