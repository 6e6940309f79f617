import * as Sentry from 'sdk'

export const isOld = false

export function tellTransaction(init, captureCheckout) {
  init({ tracesSampleRate: 1, traceLifecycle: 'static' })
  Sentry.startSpan({ name: 'checkout', op: 'task' }, (span) => {
    Sentry.startSpan({ name: 'POST http://pay.example.com/charge', op: 'http.client' }, captureCheckout)
    span.setStatus({ code: 2, message: 'internal_error' })
  })
}
