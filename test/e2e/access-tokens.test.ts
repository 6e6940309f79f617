import { describe, expect, it } from 'vitest'
import { createApiClient } from '../support/api-client.ts'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

describe('the access tokens of a project', () => {
  it('are made with a role and scopes, shown once, used, and revoked', async () => {
    const { server } = dashboard
    const { page, close } = await dashboard.openSignedIn('/acme/shop/settings/access-tokens')
    await page.getByText('No tokens yet.').waitFor()
    await page.getByLabel('Token name').fill('Deploy robot')
    await page.getByLabel('Role').selectOption('Developer')
    await page.getByLabel('Expires').selectOption('in 30 days')
    await page.getByLabel('read everything').uncheck()
    await page.getByRole('button', { name: 'Create token' }).click()
    await page.getByText('Choose one scope at least.').waitFor()
    await page.getByLabel('api read and write everything').check()
    // It includes them.
    expect(await page.getByLabel('event:write').isDisabled()).toBe(true)
    await page.getByRole('button', { name: 'Create token' }).click()

    const field = page.getByLabel('The token “Deploy robot”', { exact: true })
    const secret = await field.inputValue()
    expect(secret).toMatch(/^flt_/)
    await page.getByRole('button', { name: 'Copy the token' }).waitFor()
    const line = page.locator('li').filter({ hasText: 'Deploy robot' })
    await line.getByText('Developer').waitFor()
    await line.getByText(`by ${server.owner.email}`).waitFor()
    await line.getByText('never used').waitFor()
    await line.getByText('expires in').waitFor()
    const robot = createApiClient(server.url, secret)
    const ask = () => robot.ask('{ project(path: "acme/shop") { viewerRole } }', {})
    expect(await ask()).toMatchObject({ data: { project: { viewerRole: 'DEVELOPER' } } })

    await page.reload()
    await line.waitFor()
    expect(await page.locator('input[readonly]').count()).toBe(0)
    await line.getByRole('button', { name: 'Revoke' }).click()
    await page.locator('dialog[open]').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('No tokens yet.').waitFor()
    // The focus went with the row: the heading has it now.
    expect(await page.locator(':focus').innerText()).toBe('Access tokens')
    expect((await ask()).errors?.[0]?.extensions?.code).toBe('UNAUTHENTICATED')
    await robot.stop()
    await close()
  })
})

describe('the access tokens of one’s account', () => {
  it('have scopes to choose from, and no role', async () => {
    const { page, close } = await dashboard.openSignedIn('/-/account')
    await page.getByLabel('Token name').fill('sentry-cli')
    expect(await page.getByLabel('Role').count()).toBe(0)
    await page.getByLabel('project:releases').check()
    await page.getByRole('button', { name: 'Create token' }).click()
    const line = page.locator('li').filter({ hasText: 'sentry-cli' })
    await line.getByText('read_api, project:releases').waitFor()
    await close()
  })
})
