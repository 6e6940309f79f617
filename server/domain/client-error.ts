/** What a client got wrong, by what has to be done about it; the pages have advice for each. */
export const CLIENT_ERROR_CODES = [
  'missing_key',
  'invalid_key',
  'unknown_key',
  'inactive_key',
  'wrong_project',
  'tracking_off',
  'other_backend',
  'refused_origin',
  'dsn_mismatch',
  'refused',
  'empty_body',
  'incomplete_body',
  'invalid_encoding',
  'invalid_envelope',
  'invalid_json',
  'invalid',
  'too_large',
  'unknown_monitor',
  'invalid_monitor',
  'monitor_limit',
  'wrong_method',
  'queue_full',
  'rate_limited',
  'unavailable',
  'internal',
] as const
export type ClientErrorCode = (typeof CLIENT_ERROR_CODES)[number]

/** Under this number is kept what names no project. */
export const NO_PROJECT = 0
