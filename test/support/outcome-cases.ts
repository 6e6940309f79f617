import type { DropReason } from '../../server/domain/outcome.ts'

const OWN_REASONS: readonly DropReason[] = [
  'invalid',
  'too_large',
  'duplicate',
  'queue_full',
  'rate_limited',
  'unauthorized',
  'unavailable',
  'internal',
  'filtered_addresses',
  'filtered_browser_extensions',
  'filtered_crawlers',
  'filtered_localhost',
  'filtered_messages',
  'filtered_releases',
]

/** Every outcome, with every reason of ours and some of SDKs', and the name that the page gives it. */
export const OUTCOME_CASES = [
  { outcome: 'accepted', reason: '', category: 'error', name: 'Accepted' },
  { outcome: 'accepted', reason: '', category: 'transaction', name: 'Accepted' },
  { outcome: 'sampled', reason: '', category: 'error', name: 'Sampled' },
  { outcome: 'unsupported', reason: '', category: 'replay_event', name: 'Not supported' },
  ...OWN_REASONS.map((reason) => ({ outcome: 'dropped', reason, category: 'error', name: 'Dropped' })),
  { outcome: 'client_discarded', reason: 'before_send', category: 'error', name: 'Dropped by the SDK' },
  { outcome: 'client_discarded', reason: 'sample_rate', category: 'transaction', name: 'Dropped by the SDK' },
]
