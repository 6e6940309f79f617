import { describe, expect, it } from 'vitest'
import { useDashboard } from '../support/open-dashboard.ts'
import { makeEvent } from '../support/make-event.ts'

const dashboard = useDashboard()

const PLATFORMS = ['Go', 'Java', 'Node.js', 'PHP', 'Python', 'Ruby', 'Rust', 'Browser']

describe('a project without events', () => {
  it('shows how to send one, with the real DSN, and turns into the list when it comes', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/quiet').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/quiet')
    const waiting = page.getByText(/waiting for the first event/i)
    await waiting.waitFor()
    for (const platform of PLATFORMS) {
      await page
        .locator('label')
        .filter({ hasText: new RegExp(platform.replace('.', '\\.'), 'i') })
        .first()
        .click()
      await expect
        .poll(() => page.locator('pre, code').filter({ hasText: project.dsn }).count(), { message: platform })
        .toBeGreaterThan(0)
    }

    await server.sendEvent(makeEvent({ type: 'VeryFirstError' }), project)
    await page.locator('a[href*="/issues/"]').filter({ hasText: 'VeryFirstError' }).waitFor()
    expect(await waiting.count()).toBe(0)
    await close()
  })
})
