import { join } from 'node:path'
import { servePage } from './serve-page.ts'
import type { ServedPage } from './serve-page.ts'

/** The shop as its visitors see it, watched by the newest SDK. */
export function serveShopPage(): Promise<ServedPage> {
  return servePage({
    entry: join(import.meta.dirname, '../sdk/browser/shop.js'),
    body: '<button id="throw">Show the cart</button><button id="message">Empty the cart</button>',
  })
}
