import { describe, expect, it } from 'vitest'
import { useDashboard } from '../support/open-dashboard.ts'
import { makeEvent } from '../support/make-event.ts'
import { runShop } from '../support/run-shop.ts'

const dashboard = useDashboard()

describe('the page of an issue', () => {
  it('shows the stack with source lines, the user, the release and the breadcrumbs of a real SDK', async () => {
    const { server } = dashboard
    await runShop('@sentry/node', server.project.dsn, 'exception')
    const { page, close } = await dashboard.openSignedIn('/acme/shop')
    await page.locator('a[href*="/issues/"]').filter({ hasText: 'TypeError' }).click()
    await page.waitForURL(/\/acme\/shop\/issues\/SHOP-1$/)
    await page.getByText('chargeCard').first().waitFor()
    await page.getByText('return card.number').first().waitFor()
    for (const text of ['shop.cjs', 'shop@1.4.2', 'customer0@example.com', 'order 0 put together']) {
      expect(await page.getByText(text).count(), text).toBeGreaterThan(0)
    }
    await close()
  })

  it('resolves, and marks the issue as regressed when it happens again', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/regress').withClientKey()
    await server.sendEvent(makeEvent({ type: 'ComesBackError' }), project)
    const { page, close } = await dashboard.openSignedIn('/acme/regress/issues/REGRESS-1')
    await page.getByRole('button', { name: 'Resolve', exact: true }).first().click()
    await page.getByRole('button', { name: 'Unresolve' }).first().waitFor()
    const read = () =>
      server.gql<{ project: { issue: { status: string; regressed: boolean; eventCount: number } } }>(
        '{ project(path: "acme/regress") { issue(shortId: "REGRESS-1") { status regressed eventCount } } }',
      )
    await expect.poll(async () => (await read()).project.issue.status).toBe('RESOLVED')

    await server.sendEvent(makeEvent({ type: 'ComesBackError' }), project)
    // Nobody reloads: the open page learns of it.
    await page.getByRole('button', { name: 'Resolve', exact: true }).first().waitFor()
    await page
      .getByText(/regressed/i)
      .first()
      .waitFor()
    expect((await read()).project.issue).toEqual({ status: 'UNRESOLVED', regressed: true, eventCount: 2 })

    await page.goto('/acme/regress')
    await page
      .locator('li')
      .filter({ hasText: 'ComesBackError' })
      .getByText(/regressed/i)
      .waitFor()
    await close()
  })

  it('ignores', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/ignore').withClientKey()
    await server.sendEvent(makeEvent({ type: 'BoringError' }), project)
    const { page, close } = await dashboard.openSignedIn('/acme/ignore/issues/IGNORE-1')
    await page.getByRole('button', { name: 'Ignore', exact: true }).first().click()
    await page.getByRole('button', { name: 'Unresolve' }).first().waitFor()
    await expect
      .poll(async () => {
        const query = '{ project(path: "acme/ignore") { issue(shortId: "IGNORE-1") { status } } }'
        return (await server.gql<{ project: { issue: { status: string } } }>(query)).project.issue.status
      })
      .toBe('IGNORED')
    await close()
  })
})
