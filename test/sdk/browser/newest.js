import * as Sentry from 'sdk'

export const isOld = false

export function tellTransaction(init, captureCheckout) {
  init({ tracesSampleRate: 1, traceLifecycle: 'static' })
  Sentry.startSpan({ name: 'checkout', op: 'task' }, (span) => {
    Sentry.startSpan({ name: 'POST http://pay.example.com/charge', op: 'http.client' }, captureCheckout)
    span.setStatus({ code: 2, message: 'internal_error' })
  })
}

export function tellFeedback(init, captureCheckout) {
  init()
  const associatedEventId = captureCheckout()
  const said = { name: 'Ada', email: 'ada@example.com', message: 'The pay button does nothing.\nTwice!' }
  Sentry.captureFeedback({ ...said, associatedEventId })
}
