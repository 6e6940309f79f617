/** What became of an item. Every item that reaches us ends in exactly one. */
export const OUTCOMES = ['accepted', 'sampled', 'unsupported', 'dropped'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** Why an item was dropped. `duplicate`: it was counted before. */
export type DropReason =
  'invalid' | 'too_large' | 'duplicate' | 'queue_full' | 'unauthorized' | 'unavailable' | 'internal'
