import type { EventThread, JsonObject } from '../../domain/event.ts'
import { toBoolean, toText, toValues } from './coerce.ts'
import type { Raw } from './coerce.ts'
import { normalizeStacktrace } from './normalize-stacktrace.ts'
import { describeShortened } from '../remarks.ts'
import type { ProblemLog } from './problem-log.ts'

const THREADS_MAX = 250

export function normalizeThreads(log: ProblemLog, raw: Raw): EventThread[] {
  log.enter('')
  const list = toValues(log, raw, 'threads')
  if (list.length > THREADS_MAX) {
    log.tooLong('threads.values', describeShortened(list.length))
    list.length = THREADS_MAX
  }
  const threads: EventThread[] = []
  for (let i = 0; i < list.length; i++) {
    const thread = list[i] as JsonObject
    log.enter('threads.values', i)
    threads.push({
      id: toText(log, thread.id, 'id', 64),
      name: toText(log, thread.name, 'name', 1024, 100),
      crashed: toBoolean(log, thread.crashed, 'crashed') === true,
      current: toBoolean(log, thread.current, 'current') === true,
      stacktrace: normalizeStacktrace(log, thread.stacktrace, `threads.values.${i}.stacktrace`),
    })
  }
  return threads
}
