// The shop in a visitor's browser, watched by an unmodified Sentry SDK. Which DSN it uses stands in the page's address.

import * as Sentry from '@sentry/browser'

Sentry.init({
  dsn: new URLSearchParams(location.search).get('dsn'),
  release: 'shop-web@3.0.0',
  environment: 'test',
})
Sentry.setUser({ id: 'visitor-7' })

function renderCart(cart) {
  return cart.items.map((item) => item.price.amount)
}

document.querySelector('#throw').addEventListener('click', function onThrowClick() {
  window.thrownAt = Date.now()
  renderCart({ items: [{}] })
})

document
  .querySelector('#message')
  .addEventListener('click', () => Sentry.captureMessage('the cart was emptied', 'info'))
