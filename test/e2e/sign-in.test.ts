import { describe, expect, it } from 'vitest'
import { signIn, useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

describe('signing in', () => {
  it('shows the form at any address, and then the page that was asked for, without a failed request', async () => {
    const { page, close } = await dashboard.openPage()
    await page.goto('/acme/shop/settings')
    await page.locator('form').waitFor()
    expect(await page.locator('form').count()).toBe(1)
    expect(await page.locator('input[type=email]').count()).toBe(1)
    await signIn(page, dashboard.server.owner)
    await page.locator('input[readonly]').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/acme/shop/settings')
    await close()
  })

  it('stays where it is when the password is wrong, says so, and lets try again', async () => {
    const { page, context } = await dashboard.openPage()
    await page.goto('/')
    await page.locator('input[type=email]').fill(dashboard.server.owner.email)
    await page.locator('input[type=password]').fill('not the password')
    await page.locator('input[type=password]').press('Enter')
    await page.getByRole('alert').waitFor()
    await signIn(page, dashboard.server.owner)
    await page.getByRole('link', { name: /shop/ }).first().waitFor()
    await context.close()
  })

  it('lasts over a reload, and ends with signing out', async () => {
    const { page, close } = await dashboard.openSignedIn('/')
    await page.reload()
    await page.getByRole('link', { name: /shop/ }).first().waitFor()
    await page.goto('/-/account')
    await page.getByRole('button', { name: 'Sign out' }).last().click()
    await page.locator('input[type=password]').waitFor()
    await page.goto('/acme/shop')
    await page.locator('input[type=password]').waitFor()
    await close()
  })

  it('from elsewhere is seen and ended on the account’s page', async () => {
    const elsewhere = await dashboard.openSignedIn('/acme/shop')
    const { page, close } = await dashboard.openSignedIn('/-/account')
    const sessions = page.getByRole('region', { name: 'Sessions' })
    await sessions.getByText('This browser', { exact: true }).waitFor()
    expect(await sessions.getByRole('listitem').count()).toBeGreaterThan(1)
    await sessions.getByRole('button', { name: 'End all others' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'End all others' }).click()
    await page.getByText('All other sessions ended').waitFor()
    await sessions.getByRole('button', { name: 'End all others' }).waitFor({ state: 'detached' })
    expect(await sessions.getByRole('listitem').count()).toBe(1)
    await elsewhere.page.goto('/acme/shop')
    await elsewhere.page.locator('input[type=password]').waitFor()
    await elsewhere.context.close()
    await close()
  })
})
