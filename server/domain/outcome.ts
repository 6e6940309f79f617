/** What became of an item. Every item that reaches us ends in exactly one. */
export type Outcome = 'accepted' | 'sampled' | 'unsupported' | 'dropped'

/** Which of a project's inbound filters dropped an item. */
export type FilterReason =
  | 'filtered_addresses'
  | 'filtered_browser_extensions'
  | 'filtered_crawlers'
  | 'filtered_localhost'
  | 'filtered_messages'
  | 'filtered_releases'

/** Why an item was dropped. `duplicate`: it was counted before. */
export type DropReason =
  | 'invalid'
  | 'too_large'
  | 'duplicate'
  | 'queue_full'
  | 'rate_limited'
  | 'unauthorized'
  | 'unavailable'
  | 'internal'
  | FilterReason

/**
 * What an SDK dropped itself, as it tells in client reports, with the SDK's reason: `sample_rate`, `before_send`, ... It is
 * kept beside the outcomes but is none of an item's, since what it counts never reached us.
 */
export const CLIENT_DISCARDED = 'client_discarded'
