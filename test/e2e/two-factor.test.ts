import { TOTP } from 'otpauth'
import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { signIn, useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

/** A code works once, so each is of a step of its own: the last, this and the next are taken. */
let stepsAhead = -1
function makeCode(secret: string): string {
  return new TOTP({ secret }).generate({ timestamp: Date.now() + 30_000 * stepsAhead++ })
}

async function passFirstStep(page: Page): Promise<void> {
  await page.locator('input[type=email]').fill(dashboard.server.owner.email)
  await page.locator('input[type=password]').fill(dashboard.server.owner.password)
  await page.keyboard.press('Enter')
  await page.getByRole('textbox', { name: 'Code' }).waitFor()
}

let secret: string
let recoveryCodes: string[]

describe('signing in in two steps', () => {
  it('is set up on the account’s page by a code, and shows recovery codes once', async () => {
    const { page, close } = await dashboard.openSignedIn('/-/account')
    const section = page.getByRole('region', { name: 'Two-factor sign-in' })
    await section.getByRole('button', { name: 'Set up' }).click()
    await section.getByLabel('Current password').fill(dashboard.server.owner.password)
    await page.keyboard.press('Enter')
    await section.getByRole('img', { name: 'QR code' }).waitFor()
    secret = await section.getByRole('textbox', { name: 'Key', exact: true }).inputValue()
    expect(secret).toMatch(/^[A-Z2-7]{32}$/)
    await section.getByLabel('Code', { exact: true }).fill(makeCode(secret))
    await page.keyboard.press('Enter')
    await section.getByRole('listitem').first().waitFor()
    recoveryCodes = await section.getByRole('listitem').allTextContents()
    expect(recoveryCodes).toHaveLength(10)
    await section.getByRole('button', { name: 'Done' }).click()
    await section.getByText('10 recovery codes left').waitFor()
    await close()
  })

  it('asks for a code after the password, and then shows the page that was asked for', async () => {
    const { page, close } = await dashboard.openPage()
    await page.goto('/acme/shop/settings')
    await passFirstStep(page)
    await page.getByRole('textbox', { name: 'Code' }).fill(makeCode(secret))
    await page.keyboard.press('Enter')
    await page.locator('input[readonly]').first().waitFor()
    expect(new URL(page.url()).pathname).toBe('/acme/shop/settings')
    await close()
  })

  it('takes a recovery code instead, and says when a code is wrong', async () => {
    const { page, context } = await dashboard.openPage()
    await page.goto('/acme/shop')
    await passFirstStep(page)
    await page.getByRole('textbox', { name: 'Code' }).fill('000000')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    await page.getByRole('button', { name: 'Use a recovery code' }).click()
    await page.getByRole('textbox', { name: 'Recovery code' }).fill(recoveryCodes[0] ?? '')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: /shop/ }).first().waitFor()

    await page.goto('/-/account')
    const section = page.getByRole('region', { name: 'Two-factor sign-in' })
    await section.getByText('9 recovery codes left').waitFor()
    await section.getByRole('button', { name: 'Turn off' }).click()
    await section.getByLabel('Current password').fill(dashboard.server.owner.password)
    await page.keyboard.press('Enter')
    await section.getByRole('button', { name: 'Set up' }).waitFor()
    await context.close()

    const next = await dashboard.openPage()
    await next.page.goto('/acme/shop')
    await signIn(next.page, dashboard.server.owner)
    await next.page.getByRole('link', { name: /shop/ }).first().waitFor()
    await next.close()
  })
})
