// Version 7, which has its tracing in a package of its own.

import * as Sentry from 'sdk'
import { addExtensionMethods } from 'sentry-tracing-7'

export const isOld = true

export function tellTransaction(init, captureCheckout) {
  addExtensionMethods()
  init({ tracesSampleRate: 1 })
  const transaction = Sentry.startTransaction({ name: 'checkout', op: 'task' })
  Sentry.configureScope((scope) => scope.setSpan(transaction))
  const span = transaction.startChild({ op: 'http.client', description: 'POST http://pay.example.com/charge' })
  captureCheckout()
  span.finish()
  transaction.setStatus('internal_error')
  transaction.finish()
}

/** Its way to ask is the report dialog, a script of the server's. */
export function tellFeedback(init, captureCheckout) {
  init()
  Sentry.showReportDialog({ eventId: captureCheckout(), user: { name: 'Ada', email: 'ada@example.com' } })
}
