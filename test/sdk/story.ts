// The one story that every sample tells, so that one set of assertions is for all: somebody pays in a shop, and the
// payment's gateway answers 502. test/sdk/README.md says how a sample is called.

/** What a sample can be asked to tell, and the items that have to come of it. `feedback` may be either of two. */
export const CASES = {
  exception: ['event'],
  message: ['event'],
  transaction: ['event', 'transaction'],
  attachment: ['event', 'attachment', 'attachment'],
  session: ['session'],
  sessions: ['sessions'],
  feedback: ['event', 'feedback'],
  checkin: ['check_in', 'check_in'],
  clientreport: ['client_report'],
  logs: ['log'],
} satisfies Record<string, string[]>

export type CaseName = keyof typeof CASES

export const STORY = {
  release: 'shop@1.4.2',
  environment: 'production',
  user: { id: '4711', username: 'ada', email: 'ada@example.com' },
  tags: { payment: 'card', region: 'eu-west' },
  /** The thrown one first. Of what type they are is each language's own affair. */
  exceptions: ['could not charge order A-1001', 'gateway answered 502 for A-1001'],
  message: 'stock is low: TEA-1 "Grüner Tee" 茶 🍵',
  breadcrumbs: [
    { category: 'auth', level: 'INFO', message: 'ada signed in' },
    { category: 'cart', level: 'DEBUG', message: 'added TEA-1' },
    { category: 'http', level: 'WARNING', message: 'POST /pay' },
  ],
  transaction: { name: 'checkout', op: 'task' },
  files: ['bytes.bin', 'order.json'],
  said: 'The pay button does nothing.\nTwice!',
  monitors: ['hourly-mail', 'nightly-stock'],
  discarded: { reason: 'before_send', category: 'error', quantity: 3 },
} as const
