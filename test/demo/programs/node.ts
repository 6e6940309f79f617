// The checkout's service.

import { libraryFrame, ownFrame } from '../program.ts'
import type { Dice } from '../dice.ts'
import type { Program } from '../program.ts'

const ROOT = '/srv/checkout'

const express = [
  libraryFrame({
    function: 'process.processTicksAndRejections',
    filename: 'node:internal/process/task_queues',
    lineno: 105,
    colno: 5,
  }),
  libraryFrame({
    function: 'Layer.handleRequest',
    filename: `${ROOT}/node_modules/router/lib/layer.js`,
    module: 'router.lib:layer',
    lineno: 152,
    colno: 17,
  }),
  libraryFrame({
    function: 'next',
    filename: `${ROOT}/node_modules/router/lib/route.js`,
    module: 'router.lib:route',
    lineno: 157,
    colno: 13,
  }),
]

const charge = ownFrame(
  {
    function: 'chargeCard',
    filename: `${ROOT}/src/payments/charge.js`,
    module: 'payments:charge',
    lineno: 42,
    colno: 11,
  },
  `
  const answer = await gateway.post('/v2/charges', { amount, card, orderId })
  if (answer.status >= 500) {
    metrics.gatewayFailures.inc()
»    throw new GatewayError('gateway answered ' + answer.status + ' for ' + orderId, { cause: answer.error })
  }
  return answer.body`,
)

function request(dice: Dice, method: string, path: string) {
  return {
    method,
    url: `https://checkout.example.com${path}`,
    query_string: `session=${dice.hex(12)}`,
    headers: { Host: 'checkout.example.com', 'Content-Type': 'application/json', 'X-Request-Id': dice.hex(16) },
    data: { voucher: dice.pick(['SPRING', 'WELCOME', null]), items: dice.roll(1, 5) },
  }
}

export const checkoutApi: Program = {
  name: 'checkout-api',
  platform: 'node',
  sdk: { name: 'sentry.javascript.node', version: '11.12.0' },
  environments: ['production', 'production', 'staging'],
  contexts: () => ({
    runtime: { name: 'node', version: 'v24.21.0' },
    os: { name: 'Debian GNU/Linux', version: '13', kernel_version: '6.12.41' },
    app: { app_memory: 184_549_376 },
  }),
  failures: [
    {
      weight: 12,
      transaction: 'POST /orders/:id/payment',
      handled: true,
      exceptions: (dice) => [
        {
          type: 'Error',
          value: `connect ECONNREFUSED 10.4.${dice.roll(0, 3)}.${dice.roll(2, 250)}:8443`,
          frames: [
            libraryFrame({
              function: 'TCPConnectWrap.afterConnect [as oncomplete]',
              filename: 'node:net',
              lineno: 1637,
              colno: 16,
            }),
          ],
        },
        {
          type: 'GatewayError',
          value: `gateway answered ${dice.pick([502, 503, 504])} for A-${dice.roll(1000, 9999)}`,
          frames: [
            ...express,
            ownFrame(
              {
                function: 'payOrder',
                filename: `${ROOT}/src/orders/pay.js`,
                module: 'orders:pay',
                lineno: 88,
                colno: 24,
              },
              `
export async function payOrder(orderId, card) {
  const order = await orders.find(orderId)
»  const receipt = await chargeCard(order.total, card, order.id)
  await orders.markPaid(order.id, receipt)
  return receipt`,
            ),
            charge,
          ],
        },
      ],
      breadcrumbs: (dice) => [
        {
          secondsBefore: 1.9,
          category: 'console',
          level: 'info',
          message: `payment of A-${dice.roll(1000, 9999)} begins`,
        },
        {
          secondsBefore: 1.2,
          category: 'http',
          type: 'http',
          data: { method: 'GET', url: 'http://stock.internal/items', status_code: 200 },
        },
        {
          secondsBefore: 0.1,
          category: 'http',
          type: 'http',
          level: 'error',
          data: { method: 'POST', url: 'https://gateway.example.net/v2/charges', status_code: 502 },
        },
      ],
      request: (dice) => request(dice, 'POST', `/orders/A-${dice.roll(1000, 9999)}/payment`),
      tags: (dice) => ({ 'payment.provider': dice.pick(['acquirer-a', 'acquirer-b']) }),
    },
    {
      weight: 3,
      transaction: 'GET /orders/:id',
      handled: false,
      exceptions: () => [
        {
          type: 'RangeError',
          value: 'Invalid time value',
          frames: [
            ...express,
            ownFrame(
              {
                function: 'renderOrder',
                filename: `${ROOT}/src/orders/render.js`,
                module: 'orders:render',
                lineno: 19,
                colno: 45,
              },
              `
export function renderOrder(order) {
  return {
    id: order.id,
»    deliveredAt: new Date(order.delivery.at).toISOString(),
    lines: order.lines.map(renderLine),
  }
}`,
            ),
          ],
        },
      ],
      breadcrumbs: () => [
        { secondsBefore: 0.4, category: 'query', message: 'select * from orders where id = $1', data: { rows: 1 } },
      ],
      request: (dice) => request(dice, 'GET', `/orders/A-${dice.roll(1000, 9999)}`),
    },
    {
      weight: 2,
      transaction: 'worker: expire-carts',
      level: 'warning',
      message: (dice) => ({ message: 'cart cleaner is %s minutes behind', params: [String(dice.roll(11, 90))] }),
      breadcrumbs: (dice) => [
        { secondsBefore: 3, category: 'job', message: `${dice.roll(200, 4000)} carts looked at` },
      ],
    },
  ],
}
