/** What became of an item. Every item that reaches us ends in exactly one. */
export type Outcome = 'accepted' | 'sampled' | 'unsupported' | 'dropped'

/** Why an item was dropped. `duplicate`: it was counted before. */
export type DropReason =
  'invalid' | 'too_large' | 'duplicate' | 'queue_full' | 'unauthorized' | 'unavailable' | 'internal'
