// The story (../story.ts) as a Node program tells it: node story.cjs <sdk package> <dsn> <case>

const { createServer, get } = require('node:http')

const [, , sdkPackage, dsn, chosen] = process.argv
const Sentry = require(sdkPackage)
// Adds transactions to the old one.
if (Sentry.SDK_VERSION.startsWith('7.')) require('sentry-tracing-7')
const isOld = Sentry.SDK_VERSION.startsWith('7.')

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

function checkout() {
  charge({ number: 'A-1001', total: 59.9 })
}

function captureCheckout() {
  try {
    checkout()
  } catch (error) {
    return Sentry.captureException(error)
  }
}

function init(options = {}) {
  Sentry.init({
    dsn,
    release: 'shop@1.4.2',
    environment: 'production',
    serverName: 'sample-host',
    autoSessionTracking: false,
    integrations: (all) => all.filter(({ name }) => name !== 'ProcessSession'),
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

/** Three visits, of which the last one crashes; told as one sum. */
async function serveVisits() {
  const handle = (request, response) => {
    response.statusCode = request.url === '/crash' ? 500 : 200
    if (request.url === '/crash') captureCheckout()
    response.end()
  }
  const server = isOld ? createServer((request, response) => serveOld(request, response, handle)) : createServer(handle)
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  for (const path of ['/', '/', '/crash']) {
    await new Promise((resolve) =>
      get({ port: server.address().port, host: '127.0.0.1', path }, (answer) => answer.resume().on('end', resolve)),
    )
  }
  await new Promise((resolve) => server.close(resolve))
}

function serveOld(request, response, handle) {
  const { requestHandler, errorHandler } = Sentry.Handlers
  requestHandler()(request, response, () => {
    if (request.url !== '/crash') return handle(request, response)
    try {
      checkout()
    } catch (error) {
      errorHandler()(error, request, response, () => {
        response.statusCode = 500
        response.end()
      })
    }
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
  transaction: () => {
    init({ tracesSampleRate: 1, traceLifecycle: 'static' })
    if (!isOld) {
      return Sentry.startSpan({ name: 'checkout', op: 'task' }, (span) => {
        Sentry.startSpan({ name: 'POST http://pay.example.com/charge', op: 'http.client' }, captureCheckout)
        span.setStatus({ code: 2, message: 'internal_error' })
      })
    }
    const transaction = Sentry.startTransaction({ name: 'checkout', op: 'task' })
    Sentry.configureScope((scope) => scope.setSpan(transaction))
    const span = transaction.startChild({ op: 'http.client', description: 'POST http://pay.example.com/charge' })
    captureCheckout()
    span.finish()
    transaction.setStatus('internal_error')
    transaction.finish()
  },
  attachment: () => {
    init()
    Sentry.withScope((scope) => {
      scope.addAttachment({ filename: 'order.json', data: '{"number": "A-1001"}', contentType: 'application/json' })
      scope.addAttachment({ filename: 'bytes.bin', data: Uint8Array.of(0, 1, 2, 10, 13, 255, 254, 10, 123, 125, 10) })
      captureCheckout()
    })
  },
  session: async () => {
    init({ autoSessionTracking: true })
    const sentry = isOld ? Sentry.getCurrentHub() : Sentry
    sentry.startSession()
    sentry.captureSession()
    captureCheckout()
    // What it knows of an error is written a moment later.
    await Sentry.flush(60_000)
    sentry.endSession()
  },
  sessions: async () => {
    init({ autoSessionTracking: true })
    await serveVisits()
  },
  feedback: () => {
    init()
    const associatedEventId = captureCheckout()
    const said = { name: 'Ada', email: 'ada@example.com', message: 'The pay button does nothing.\nTwice!' }
    Sentry.captureFeedback({ ...said, associatedEventId })
  },
  checkin: () => {
    init()
    const nightly = { schedule: { type: 'crontab', value: '0 3 * * *' }, checkinMargin: 5, maxRuntime: 30 }
    const id = Sentry.captureCheckIn(
      { monitorSlug: 'nightly-stock', status: 'in_progress' },
      { ...nightly, timezone: 'Europe/Berlin' },
    )
    Sentry.captureCheckIn({ monitorSlug: 'nightly-stock', status: 'ok', checkInId: id, duration: 30 })
    Sentry.captureCheckIn(
      { monitorSlug: 'hourly-mail', status: 'error' },
      { schedule: { type: 'interval', value: 1, unit: 'hour' } },
    )
  },
  clientreport: () => {
    init({ beforeSend: () => null })
    // The same error three times would be one.
    for (let count = 0; count < 3; count += 1) Sentry.captureException(new PaymentError(`dropped ${count}`))
  },
  logs: () => {
    init()
    Sentry.logger.info('order paid', { order: 'A-1001' })
  },
}

async function tell() {
  await cases[chosen]()
  await Sentry.flush(60_000)
  await Sentry.close(60_000)
  process.exit()
}

tell()
