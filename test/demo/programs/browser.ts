// The shop's pages, in the visitors' browsers.

import { libraryFrame, ownFrame } from '../program.ts'
import type { Dice } from '../dice.ts'
import type { Program } from '../program.ts'

const ORIGIN = 'https://shop.example.com'

const reactDom = libraryFrame({
  function: 'commitHookEffectListMount',
  filename: `${ORIGIN}/assets/vendor-react-dom.js`,
  lineno: 23150,
  colno: 26,
})

function browse(dice: Dice, action: string) {
  return [
    { secondsBefore: 41, category: 'navigation', data: { from: '/', to: '/category/shoes' } },
    {
      secondsBefore: 17,
      category: 'fetch',
      type: 'http',
      data: { method: 'GET', url: `${ORIGIN}/api/products?page=${dice.roll(1, 9)}`, status_code: 200 },
    },
    { secondsBefore: 2, category: 'ui.click', message: action },
  ]
}

function visit(dice: Dice, path: string) {
  return {
    url: `${ORIGIN}${path}`,
    headers: {
      Referer: `${ORIGIN}/`,
      'User-Agent': dice.pick([
        'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36',
        'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15',
        'Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0',
        'Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Mobile/15E148 Safari/604.1',
      ]),
    },
  }
}

export const shopWeb: Program = {
  name: 'shop-web',
  platform: 'javascript',
  sdk: { name: 'sentry.javascript.react', version: '11.12.0' },
  environments: ['production', 'production', 'production', 'staging'],
  contexts: (dice) => ({
    culture: { locale: dice.pick(['en-GB', 'de-DE', 'fr-FR', 'pt-BR']), timezone: 'Europe/London' },
    state: { state: { type: 'redux', value: { cart: { items: dice.roll(0, 6) } } } },
  }),
  failures: [
    {
      weight: 9,
      transaction: '/cart',
      handled: false,
      exceptions: () => [
        {
          type: 'TypeError',
          value: "Cannot read properties of undefined (reading 'total')",
          frames: [
            reactDom,
            ownFrame(
              { function: 'CartSummary', filename: `${ORIGIN}/assets/src/cart/CartSummary.tsx`, lineno: 24, colno: 34 },
              `
export function CartSummary({ cart, currency }: Props) {
  const formatPrice = useFormatPrice(currency)
»  const discount = applyVoucher(cart.voucher, cart.prices.total)
  return (
    <aside className="cart-summary">`,
            ),
            ownFrame(
              { function: 'applyVoucher', filename: `${ORIGIN}/assets/src/cart/voucher.ts`, lineno: 11, colno: 31 },
              `
export function applyVoucher(voucher: Voucher | undefined, total: Money): Money {
  // Vouchers of partners come with their own price list.
»  if (voucher?.partner.prices.total === 0) return total
  return subtract(total, voucher?.amount ?? NO_MONEY)
}`,
            ),
          ],
        },
      ],
      breadcrumbs: (dice) => browse(dice, 'button.add-voucher'),
      request: (dice) => visit(dice, '/cart'),
    },
    {
      weight: 4,
      transaction: '/product/:slug',
      handled: false,
      exceptions: (dice) => [
        {
          type: 'ChunkLoadError',
          value: `Loading chunk ${dice.roll(100, 999)} failed. (timeout: ${ORIGIN}/assets/gallery.${dice.hex(8)}.js)`,
          frames: [
            ownFrame(
              { function: 'openGallery', filename: `${ORIGIN}/assets/src/product/gallery.ts`, lineno: 7, colno: 25 },
              `
export async function openGallery(images: Image[]) {
»  const { Lightbox } = await import('./Lightbox')
  return new Lightbox(images).open()
}`,
            ),
          ],
        },
      ],
      breadcrumbs: (dice) => browse(dice, 'img.product-photo'),
      request: (dice) => visit(dice, `/product/trail-runner-${dice.roll(1, 40)}`),
    },
  ],
}
