// Addresses that were cut off on their way, in a mail or a chat: where a page begins is lost, the list is not.

import { beforeAll, describe, expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { signIn, useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

beforeAll(() => dashboard.server.sendEvent(makeEvent({ type: 'OnlyError' })))

describe('a list whose address names a page that cannot be', () => {
  it('shows its first page, and says so in the address', async () => {
    // What the server refuses is in the browser's console here.
    const { page, context } = await dashboard.openPage()
    await page.goto('/acme/shop?status=all&sort=events&after=bm8gY3Vyc29y&after=broken')
    await signIn(page, dashboard.server.owner)
    await page.getByRole('link', { name: 'OnlyError' }).waitFor()
    expect(new URL(page.url()).search).toBe('?status=all&sort=events')

    const lists = [
      ...['/', '/acme/shop/releases', '/acme/shop/feedback', '/acme/shop/members', '/acme/shop/audit'],
      ...['/-/groups', '/-/groups/acme', '/-/groups/acme/audit', '/-/people', '/-/audit'],
    ]
    for (const path of lists) {
      await page.goto(`${path}?after=broken`)
      await expect.poll(() => page.url()).toBe(dashboard.server.url + path)
      await page.locator('h1').waitFor()
      expect(await page.getByRole('button', { name: 'Retry' }).count(), path).toBe(0)
    }
    await context.close()
  })
})
