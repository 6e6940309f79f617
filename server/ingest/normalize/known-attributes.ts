// The attributes that an event may have. What has another name is a mistake of whoever sent it, and they are told.

import type { JsonObject } from '../../domain/event.ts'
import type { ProblemLog } from './problem-log.ts'

const NOTED_MAX = 20
const NAME_CHARS_MAX = 128

const KNOWN = new Set(
  [
    'event_id type level timestamp start_timestamp received platform logger transaction culprit server_name release dist',
    'environment site message logentry exception stacktrace threads breadcrumbs user request contexts tags extra modules',
    'fingerprint checksum sdk debug_meta template csp hpkp expectct expectstaple nel spans measurements breakdowns',
    'transaction_info errors _meta',
    'sentry.interfaces.Message sentry.interfaces.Exception sentry.interfaces.Stacktrace sentry.interfaces.Breadcrumbs',
    'sentry.interfaces.Csp sentry.interfaces.User sentry.interfaces.Http sentry.interfaces.Contexts sentry.interfaces.Template',
    // What other servers add when they pass an event on, and what old clients sent.
    'project key_id version time_spent ingest_path dsn _metrics grouping_config hashes metadata title location',
    'applecrashreport device repos query profile sentry.interfaces.Query sentry.interfaces.Device',
  ]
    .join(' ')
    .split(' '),
)

export function noteUnknownAttributes(log: ProblemLog, raw: JsonObject): void {
  let noted = 0
  for (const name in raw) {
    if (KNOWN.has(name) || raw[name] === null) continue
    log.add('invalid_attribute', name.slice(0, NAME_CHARS_MAX))
    if (++noted === NOTED_MAX) return
  }
}
