// From a new project to a second person in it, and what is written down of all that.

import type { Page } from 'playwright-core'
import { expect, it } from 'vitest'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

/** A page of the project, in the rail. */
const findEntry = (page: Page, name: string) =>
  page.getByRole('navigation', { name: 'Projects' }).getByRole('link', { name, exact: true })

it('makes a project, invites somebody by a link, changes their role, removes them, and writes it all down', async () => {
  const { page, close } = await dashboard.openSignedIn('/')
  await page.getByRole('button', { name: 'New project' }).click()
  await page.locator('dialog[open]').getByLabel('Group').fill('garden')
  await page.locator('dialog[open]').getByLabel('Project').fill('fence')
  await page.locator('dialog[open]').getByRole('button', { name: 'Create project' }).click()
  await page.waitForURL('**/garden/fence/settings')

  await findEntry(page, 'Members').click()
  await page.getByLabel('Role').selectOption('Reporter')
  await page.getByRole('button', { name: 'Invite' }).click()
  const link = await page.getByLabel('Link', { exact: true }).inputValue()
  expect(link).toContain('/-/invitation#')

  const guest = await dashboard.openPage()
  await guest.page.goto(link)
  await guest.page.getByRole('heading', { name: 'Join garden/fence' }).waitFor()
  await guest.page.getByLabel('Name').fill('Ada')
  await guest.page.getByLabel('Email').fill('ada@example.com')
  await guest.page.getByLabel('Password').fill('a pier by the quiet lake')
  await guest.page.getByRole('button', { name: 'Create account' }).click()
  await guest.page.waitForURL('**/garden/fence')
  await findEntry(guest.page, 'Members').waitFor()
  expect(await findEntry(guest.page, 'Settings').count()).toBe(0)
  expect(await findEntry(guest.page, 'Audit log').count()).toBe(0)

  await page.reload()
  const row = page.locator('li').filter({ hasText: 'ada@example.com' })
  await row.getByLabel('Role of ada@example.com').selectOption('Maintainer')
  await page.getByText('Role changed').waitFor()
  await guest.page.reload()
  await findEntry(guest.page, 'Settings').waitFor()
  await guest.close()

  await row.getByRole('button', { name: 'Remove' }).click()
  await page.locator('dialog[open]').getByRole('button', { name: 'Remove' }).click()
  await row.waitFor({ state: 'detached' })

  await findEntry(page, 'Audit log').click()
  for (const what of ['Project: create', 'Invitation: create', 'Member: ']) {
    await page.getByText(what).first().waitFor()
  }
  await page.goto('/-/people')
  const account = page.locator('li').filter({ hasText: 'ada@example.com' })
  await account.getByRole('button', { name: 'Disable' }).click()
  await page.locator('dialog[open]').getByRole('button', { name: 'Disable' }).click()
  await account.getByRole('button', { name: 'Enable' }).waitFor()
  await page.getByLabel('Everybody with an account').check()
  await page.getByText('Setting saved').waitFor()
  await page.goto('/-/groups/garden')
  await page.getByRole('heading', { name: 'Group garden' }).waitFor()
  await page.goto('/-/audit')
  await page.getByText('User: disable').first().waitFor()
  await close()
})

it('says that an invitation is over', async () => {
  const { page, close } = await dashboard.openPage()
  await page.goto('/-/invitation#nobody-made-this')
  await page.getByText('was used or revoked').waitFor()
  await close()
})
