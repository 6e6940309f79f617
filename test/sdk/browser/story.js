// The story (../story.ts) as a page tells it: window.tell(<case>). Which SDK it is, the alias `sdk` says (samples.ts).

import * as Sentry from 'sdk'
import { isOld, tellFeedback, tellTransaction } from 'since'

class PaymentError extends Error {
  name = 'PaymentError'
}

const gateway = {
  call(order) {
    throw new TypeError(`gateway answered 502 for ${order.number}`)
  },
}

function charge(order) {
  try {
    gateway.call(order)
  } catch (cause) {
    throw new PaymentError(`could not charge order ${order.number}`, { cause })
  }
}

function captureCheckout() {
  try {
    charge({ number: 'A-1001', total: 59.9 })
  } catch (error) {
    return Sentry.captureException(error)
  }
}

function init({ hasSession = false, ...options } = {}) {
  const withoutSession = isOld
    ? { autoSessionTracking: hasSession }
    : { integrations: (all) => all.filter(({ name }) => hasSession || name !== 'BrowserSession') }
  Sentry.init({
    dsn: new URLSearchParams(location.search).get('dsn'),
    release: 'shop@1.4.2',
    environment: 'production',
    ...withoutSession,
    ...options,
  })
  Sentry.setUser({ id: '4711', username: 'ada', email: 'ada@example.com', ip_address: '203.0.113.7' })
  Sentry.setTags({ payment: 'card', region: 'eu-west' })
  Sentry.setExtra('cart_items', 3)
  Sentry.setContext('order', { number: 'A-1001', total: 59.9 })
  Sentry.addBreadcrumb({ category: 'auth', type: 'user', level: 'info', message: 'ada signed in' })
  Sentry.addBreadcrumb({ category: 'cart', level: 'debug', message: 'added TEA-1', data: { sku: 'TEA-1', qty: 2 } })
  Sentry.addBreadcrumb({
    category: 'http',
    type: 'http',
    level: 'warning',
    message: 'POST /pay',
    data: { url: 'http://pay.example.com/charge', method: 'POST', status_code: 502 },
  })
}

const cases = {
  exception: () => {
    init()
    captureCheckout()
  },
  message: () => {
    init()
    Sentry.captureMessage('stock is low: TEA-1 "Grüner Tee" 茶 🍵', 'warning')
  },
  transaction: () => tellTransaction(init, captureCheckout),
  attachment: () => {
    init()
    Sentry.withScope((scope) => {
      scope.addAttachment({ filename: 'order.json', data: '{"number": "A-1001"}', contentType: 'application/json' })
      scope.addAttachment({ filename: 'bytes.bin', data: Uint8Array.of(0, 1, 2, 10, 13, 255, 254, 10, 123, 125, 10) })
      captureCheckout()
    })
  },
  session: () => {
    init({ hasSession: true })
    captureCheckout()
  },
  feedback: () => tellFeedback(init, captureCheckout),
  // They are sent when the page is left.
  clientreport: () => {
    init({ beforeSend: () => null })
    for (let count = 0; count < 3; count += 1) Sentry.captureException(new PaymentError(`dropped ${count}`))
  },
  logs: () => {
    init()
    Sentry.logger.info('order paid', { order: 'A-1001' })
  },
}

window.tell = async (name) => {
  await cases[name]()
  await Sentry.flush(60_000)
}
