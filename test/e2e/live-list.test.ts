// The main job: an application throws, and on a dashboard that nobody reloads the row is there within a second.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Page } from 'playwright-core'
import { useDashboard } from '../support/open-dashboard.ts'
import { makeEvent } from '../support/make-event.ts'
import { NODE_SDKS, runShop } from '../support/run-shop.ts'
import type { ServedPage } from '../support/serve-page.ts'
import { serveShopPage } from '../support/serve-shop-page.ts'

const WITHIN_MS = 1_000

const dashboard = useDashboard()
let shopPage: ServedPage
beforeAll(async () => {
  shopPage = await serveShopPage()
})
afterAll(() => shopPage.stop())

/** @returns when a row with this text was first there, in milliseconds since the epoch. */
async function waitForRow(page: Page, text: string): Promise<number> {
  const seen = await page.waitForFunction((wanted) => {
    const rows = [...document.querySelectorAll('a[href*="/issues/"]')]
    return rows.some((row) => row.textContent.includes(wanted)) ? Date.now() : false
  }, text)
  return (await seen.jsonValue()) as number
}

async function openList(path: string): Promise<Awaited<ReturnType<typeof dashboard.openSignedIn>>> {
  const watched = await dashboard.openSignedIn(path)
  await watched.page.getByText('Live', { exact: true }).waitFor()
  return watched
}

describe('an open list of issues', () => {
  it.each(NODE_SDKS)('shows what %s reports within a second after the throw', async (sdk) => {
    const project = await dashboard.server.seed.project(`acme/${sdk.replaceAll(/[^a-z0-9]/g, '')}`).withClientKey()
    await dashboard.server.sendEvent(makeEvent({ type: 'EarlierError' }), project)
    const { page, close } = await openList(`/${project.path}`)
    await waitForRow(page, 'EarlierError')

    const seen = waitForRow(page, "reading 'card'")
    const thrownAt = await runShop(sdk, project.dsn, 'exception')
    expect((await seen) - thrownAt).toBeLessThan(WITHIN_MS)

    const message = waitForRow(page, 'stock is low')
    const sentAt = await runShop(sdk, project.dsn, 'message')
    expect((await message) - sentAt).toBeLessThan(WITHIN_MS)
    await close()
  })

  it('shows what @sentry/browser reports from a page of another origin within a second', async () => {
    const project = await dashboard.server.seed.project('acme/web').withClientKey()
    await dashboard.server.sendEvent(makeEvent({ type: 'EarlierError' }), project)
    const { page, close } = await openList(`/${project.path}`)
    const shop = await dashboard.browser.newPage()
    await shop.goto(shopPage.urlFor(project.dsn))

    const seen = waitForRow(page, 'TypeError')
    await shop.locator('#throw').click()
    const thrownAt = (await shop.evaluate('window.thrownAt')) as number
    expect((await seen) - thrownAt).toBeLessThan(WITHIN_MS)

    const message = waitForRow(page, 'the cart was emptied')
    await shop.locator('#message').click()
    await message
    await shop.close()
    await close()
  })

  it('counts repeats without a reload, and does not make a second row of them', async () => {
    const project = await dashboard.server.seed.project('acme/repeats').withClientKey()
    await dashboard.server.sendEvent(makeEvent({ type: 'RepeatedError' }), project)
    const { page, close } = await openList(`/${project.path}`)
    const row = page.getByRole('listitem').filter({ hasText: 'RepeatedError' })
    await row.waitFor()
    for (let sent = 1; sent < 12; sent += 1)
      await dashboard.server.sendEvent(makeEvent({ type: 'RepeatedError' }), project)
    await row.getByText('12', { exact: true }).first().waitFor()
    expect(await row.count()).toBe(1)
    await close()
  })
})
