// A small shop whose orders fail, watched by an unmodified Sentry SDK. It runs in a process of its own, as everybody's
// program does: node shop.cjs <sdk package> <dsn> <what happens> [how often]

const [, , sdkPackage, dsn, happening, times = '1'] = process.argv
const Sentry = require(sdkPackage)

Sentry.init({ dsn, release: 'shop@1.4.2', environment: 'test', sampleRate: 1, maxBreadcrumbs: 20, tracesSampleRate: 0 })

function chargeCard(order) {
  const card = order.customer.card
  return card.number
}

function payOrder(order) {
  return chargeCard(order)
}

function printLabel(order) {
  throw new RangeError(`parcel ${order.id} is too heavy`)
}

const happenings = {
  // The breadcrumb and the user have to arrive with it.
  exception: (count) => {
    Sentry.setUser({ id: String(count % 10), email: `customer${count % 10}@example.com` })
    Sentry.addBreadcrumb({ category: 'cart', message: `order ${count} put together`, level: 'info' })
    try {
      payOrder({ id: count })
    } catch (error) {
      Sentry.captureException(error)
    }
  },
  other: (count) => {
    try {
      printLabel({ id: count })
    } catch (error) {
      Sentry.captureException(error)
    }
  },
  // In turns: the newest SDK keeps an error to itself that is just like the one before.
  both: (count) => {
    happenings.exception(count)
    happenings.other(count)
  },
  message: () => Sentry.captureMessage('stock is low', 'warning'),
  uncaught: () => {
    setImmediate(() => payOrder({ id: 0 }))
  },
}

async function main() {
  // Whoever measures how long it takes to a screen begins here.
  console.log(Date.now())
  for (let count = 0; count < Number(times); count += 1) {
    happenings[happening](count)
    // An old SDK holds 30 requests at most and drops what comes on top.
    if (count % 12 === 11) await Sentry.flush(10_000)
  }
  await Sentry.flush(10_000)
}

// Called from here, the first errors would have one more frame than those behind an await, and be another issue.
void Promise.resolve().then(main)
