// The report dialog in a page of somebody else's, as the browser SDK shows it.

import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

/** A page whose own styles would spoil any form, and which asks for the dialog as the SDK does. */
function makePage(dialogUrl: string): string {
  return `<!doctype html><html lang="en"><head><title>A shop</title><link rel="icon" href="data:," />
    <style>* { display: inline !important; font-size: 40px; color: lime }</style></head>
    <body><h1>A shop</h1><script>
      window.dialogsClosed = 0
      addEventListener('message', ({ data }) => { if (data === '__sentry_reportdialog_closed__') window.dialogsClosed += 1 })
      const script = document.createElement('script')
      script.async = true
      script.crossOrigin = 'anonymous'
      script.src = ${JSON.stringify(dialogUrl)}
      document.head.append(script)
    </script></body></html>`
}

describe('the report dialog', () => {
  it('opens in a foreign page, says what is missing, and what was written is live on the issue', async () => {
    const { server } = dashboard
    const eventId = await server.sendEvent(makeEvent({ type: 'DialogError' }))
    const query = new URLSearchParams({ dsn: server.project.dsn, eventId, name: 'Ada', title: 'It <b>broke</b>' })
    const shop = createServer((_request, response) => {
      response.setHeader('Content-Type', 'text/html; charset=utf-8')
      response.end(makePage(`${server.url}/api/embed/error-page/?${query.toString()}`))
    })
    shop.listen(0, '127.0.0.1')
    await once(shop, 'listening')

    const issue = await dashboard.openSignedIn('/acme/shop/issues/SHOP-1')
    // It complains of the refused form in its console, which is what is wanted here.
    const context = await dashboard.browser.newContext()
    const page = await context.newPage()
    await page.goto(`http://127.0.0.1:${(shop.address() as AddressInfo).port}/`)
    const dialog = page.getByRole('dialog', { name: 'It <b>broke</b>' })
    await dialog.waitFor()
    expect(await dialog.getByLabel('Name').inputValue()).toBe('Ada')
    await dialog.getByLabel('Email').fill('ada')
    await dialog.getByRole('button', { name: 'Submit Crash Report' }).click()
    await dialog.getByText('Enter a valid email address.').waitFor()
    await dialog.getByLabel('Email').fill('ada@example.com')
    await dialog.getByLabel('What happened?').fill('I pressed <pay>')
    await dialog.getByRole('button', { name: 'Submit Crash Report' }).click()
    await dialog.getByText('Your feedback has been sent').waitFor()
    await page.keyboard.press('Enter')
    await dialog.waitFor({ state: 'detached' })
    await expect.poll(() => page.evaluate('dialogsClosed')).toBe(1)
    await context.close()

    await issue.page.getByText('I pressed <pay>').waitFor()
    await issue.page.getByText('ada@example.com').waitFor()
    await issue.page.goto('/acme/shop/feedback')
    await issue.page.getByRole('link', { name: 'SHOP-1' }).last().waitFor()
    await issue.close()
    shop.closeAllConnections()
    shop.close()
  })
})
