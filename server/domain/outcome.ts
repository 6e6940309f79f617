/** What became of an item. Every item that reaches us ends in exactly one. */
export const OUTCOMES = ['accepted', 'sampled', 'unsupported', 'dropped'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Why an item was dropped; `duplicate` was counted before. */
export type DropReason =
  'invalid' | 'too_large' | 'duplicate' | 'rate_limited' | 'queue_full' | 'disabled' | 'unavailable'
