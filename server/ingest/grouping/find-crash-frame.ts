import type { EventException, NormalizedEvent, StackFrame, Stacktrace } from '../../domain/event.ts'

/** The stack of the exception that names the event, else the event's own, else that of its only thread. */
export function findStacktrace(event: NormalizedEvent, exception: EventException | null): Stacktrace | null {
  if (exception !== null && exception.stacktrace !== null) return exception.stacktrace
  if (event.stacktrace !== null) return event.stacktrace
  return event.threads.length === 1 ? (event.threads[0]?.stacktrace ?? null) : null
}

/** The last of the program's own frames that has a name, else the last of all. */
export function findCrashFrame(stacktrace: Stacktrace | null): StackFrame | null {
  if (stacktrace === null) return null
  for (let i = stacktrace.frames.length - 1; i >= 0; i--) {
    const frame = stacktrace.frames[i] as StackFrame
    if (frame.inApp && isNamed(frame.function)) return frame
  }
  return stacktrace.frames.at(-1) ?? null
}

function isNamed(name: string | null): boolean {
  return name !== null && name !== '<redacted>' && name !== '<unknown>'
}
