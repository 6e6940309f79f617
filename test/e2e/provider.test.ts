import { randomUUID } from 'node:crypto'
import { afterAll, beforeEach, describe, expect, it } from 'vitest'
import { useDashboard } from '../support/open-dashboard.ts'
import { startOidcProvider, type TestOidcProvider } from '../support/start-oidc-provider.ts'

let provider: TestOidcProvider
const dashboard = useDashboard(async () => {
  provider = await startOidcProvider({ saysAllInIdToken: true })
  const roles = { FAULTLINE_OIDC_ROLES_CLAIM: 'groups', FAULTLINE_OIDC_ROLES: 'devs=acme:DEVELOPER' }
  return { variables: { ...provider.variables, ...roles } }
})
afterAll(() => provider.stop())
beforeEach(() => provider.allowRedirect(dashboard.server.url))

function meet(email = `${randomUUID()}@example.com`) {
  provider.person = { sub: randomUUID(), email, email_verified: true, name: 'Grace', groups: ['devs'] }
}

describe('signing in by a provider', () => {
  it('is one button on the form, and leads to the page that was asked for', async () => {
    meet()
    const { page, close } = await dashboard.openPage()
    await page.goto('/acme/shop')
    await page.getByRole('button', { name: 'Sign in with Acme ID' }).click()
    await page.getByRole('main').getByText('Waiting for the first event').waitFor()
    expect(new URL(page.url()).pathname).toBe('/acme/shop')
    await close()
  })

  it('that comes to nothing says why, and the password still works', async () => {
    provider.person = null
    const { page, close } = await dashboard.openPage()
    await page.goto('/acme/shop')
    await page.getByRole('button', { name: 'Sign in with Acme ID' }).click()
    await page.getByRole('alert').getByText('Acme ID did not let you in').waitFor()
    await page.locator('input[type=email]').fill(dashboard.server.owner.email)
    await page.locator('input[type=password]').fill(dashboard.server.owner.password)
    await page.keyboard.press('Enter')
    await page.getByRole('main').getByText('Waiting for the first event').waitFor()
    expect(new URL(page.url()).pathname).toBe('/acme/shop')
    await close()
  })

  it('is connected with an account on its page', async () => {
    meet('somebody.else@example.com')
    const { page, close } = await dashboard.openSignedIn('/-/account')
    const section = page.getByRole('region', { name: 'Acme ID' })
    const confirm = async (name: string) => {
      await section.locator('input[type=password]').fill(dashboard.server.owner.password)
      await section.getByRole('button', { name }).click()
    }
    await section.getByRole('button', { name: 'Connect' }).click()
    await confirm('Connect')
    await section.getByText('You can sign in with Acme ID').waitFor()
    await section.getByRole('button', { name: 'Disconnect' }).click()
    await confirm('Disconnect')
    await section.getByRole('button', { name: 'Connect' }).waitFor()
    await close()
  })
})
