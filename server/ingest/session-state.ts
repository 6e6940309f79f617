// What is known of a session, as bits that are only ever added: whatever comes twice, or in another order, adds nothing.
// session-statement.ts counts by them. Of several ends the worst is the session's end, since a session that crashed once
// has crashed, whatever an update that overtook the crash says.

export const STARTED = 1
/** Errors, or an end that is none of a healthy session. */
export const ERRORED = 2
export const EXITED = 4
export const UNHANDLED = 8
export const ABNORMAL = 16
export const CRASHED = 32

/** Sentry's words. Others, those of a later SDK, say no more than that the session is there. */
const STATES: ReadonlyMap<unknown, number> = new Map([
  ['exited', EXITED],
  ['errored', ERRORED],
  ['unhandled', UNHANDLED | ERRORED],
  ['abnormal', ABNORMAL | ERRORED],
  ['crashed', CRASHED | ERRORED],
])

export function readState(status: unknown): number {
  return STATES.get(status) ?? 0
}
