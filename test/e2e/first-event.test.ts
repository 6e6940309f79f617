import { describe, expect, it } from 'vitest'
import { useDashboard } from '../support/open-dashboard.ts'
import { makeEvent } from '../support/make-event.ts'

const dashboard = useDashboard()

const PLATFORMS = ['Go', 'Java', 'Node.js', 'PHP', 'Python', 'Ruby', 'Rust', 'Browser']

describe('a new project', () => {
  it('is turned on where its first event is waited for', async () => {
    const { createProject } = await dashboard.server.gql<{ createProject: { project: { path: string } } }>(
      `mutation { createProject(input: { path: "acme/brand-new" }) { project { path } } }`,
    )
    const { page, close } = await dashboard.openSignedIn(`/${createProject.project.path}`)
    await page.getByText('Error tracking is off').waitFor()
    expect(await page.locator('input[readonly]').count()).toBe(0)
    await page.getByRole('button', { name: 'Enable error tracking' }).click()
    await page.getByLabel('DSN', { exact: true }).waitFor()
    expect(await page.getByLabel('DSN', { exact: true }).inputValue()).toMatch(/^http:\/\/[0-9a-f]{32}@/)
    await close()
  })
})

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
