import { afterAll, describe, expect, it } from 'vitest'
import { signIn, useDashboard } from '../support/open-dashboard.ts'
import { startSmtpServer, type TestSmtpServer } from '../support/start-smtp-server.ts'

let smtp: TestSmtpServer
const dashboard = useDashboard(async () => {
  smtp = await startSmtpServer()
  return { variables: { SMTP_URL: smtp.url, MAIL_FROM: 'errors@example.com' } }
})
afterAll(() => smtp.stop())

const newPassword = 'seven wet umbrellas'

describe('a password', () => {
  it('that was forgotten is set anew by the link in a mail, which stays in no address', async () => {
    const { owner } = dashboard.server
    const { page, close } = await dashboard.openPage()
    await page.goto('/acme/shop')
    await page.getByRole('link', { name: 'Forgot password?' }).click()
    await page.getByRole('button', { name: 'Send the link' }).waitFor()
    await page.locator('input[type=email]').fill(owner.email)
    await page.keyboard.press('Enter')
    await page.getByText('a link is on its way').waitFor()
    const mail = await smtp.mailTo(owner.email)
    const link = /^http\S+$/m.exec(mail.text)?.[0] ?? ''
    expect(link).toMatch(/\/-\/reset#[\w-]{43}$/)

    await page.goto(link)
    await page.locator('input[type=password]').waitFor()
    expect(await page.locator('input[type=email]').inputValue()).toBe(owner.email)
    expect(page.url()).not.toContain('#')
    await page.locator('input[type=password]').fill(newPassword)
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Sign in' }).click()
    await page.waitForURL('/')
    await signIn(page, { email: owner.email, password: newPassword })
    await page.getByRole('link', { name: /shop/ }).first().waitFor()

    await page.goto(link)
    await page.getByText('used before, or is too old').waitFor()
    await close()
    owner.password = newPassword
  })

  it('is changed on the account’s page by who knows it, and says what is wrong with a new one', async () => {
    const { owner } = dashboard.server
    const { page, close } = await dashboard.openSignedIn('/-/account')
    const section = page.getByRole('region', { name: 'Password' })
    await section.getByRole('button', { name: 'Change password' }).click()
    await section.getByLabel('Current password').fill(owner.password)
    await section.getByLabel('New password').fill('nine green bicycles')
    await page.keyboard.press('Enter')
    await page.getByText('Password changed').waitFor()
    expect(await page.locator('input[type=password]').count()).toBe(0)
    owner.password = 'nine green bicycles'
    await close()
  })

  it('that is easy to guess is refused with the reason, beside the form', async () => {
    const { owner } = dashboard.server
    const { page, context } = await dashboard.openSignedIn('/-/account')
    const section = page.getByRole('region', { name: 'Password' })
    await section.getByRole('button', { name: 'Change password' }).click()
    await section.getByLabel('Current password').fill(owner.password)
    await section.getByLabel('New password').fill('password1234')
    await page.keyboard.press('Enter')
    await section.getByRole('alert').getByText('too easy to guess').waitFor()
    await context.close()
  })
})
