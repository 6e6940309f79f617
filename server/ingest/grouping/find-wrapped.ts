// Some frameworks report what was thrown to them inside an exception of their own, whose words are the same every time. The
// exception within says what went wrong, so it names the issue.

import type { EventException } from '../../domain/event.ts'

/** React, of a render that it did once more; since version 19 with the cause. */
const REACT_RECOVERED =
  /^There was an error (?:during concurrent rendering|while hydrating) but React was able to recover by /
const RXJAVA_PACKAGE = 'io.reactivex.rxjava3.exceptions'
const RXJAVA_WRAPPERS = new Set(['OnErrorNotImplementedException', 'CompositeException', 'UndeliverableException'])

/**
 * @param path indexes of an exception, its cause, that one's cause, and so on.
 * @returns the index of the exception that a framework wrapped; null when none did.
 */
export function findWrapped(exceptions: EventException[], path: number[]): number | null {
  const [outer] = path
  const inner = path.at(-1)
  if (outer === undefined || inner === undefined || outer === inner) return null
  const exception = exceptions[outer]
  if (
    exception?.type === 'Error' &&
    REACT_RECOVERED.test(exception.value ?? '') &&
    exceptions[inner]?.mechanism?.source === 'cause'
  ) {
    return inner
  }
  const wrapperAt = path.findIndex((index) => isRxJavaWrapper(exceptions[index]))
  return wrapperAt < 0 ? null : (path[wrapperAt + 1] ?? null)
}

/** Only what nobody caught: an exception that the program looked at is named as the program made it. */
function isRxJavaWrapper(exception: EventException | undefined): boolean {
  return (
    exception?.module === RXJAVA_PACKAGE &&
    RXJAVA_WRAPPERS.has(exception.type ?? '') &&
    exception.mechanism?.type === 'UncaughtExceptionHandler'
  )
}
