// Who may not do a thing does not see its control, and is told why where they come by an address.

import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Role } from '../../server/domain/role.ts'
import { invitePerson } from '../support/invite-person.ts'
import { signIn, useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()
beforeAll(async () => {
  await dashboard.server.sendEvent()
})

async function openAs(role: Role, path: string) {
  const person = await invitePerson(dashboard.server, 'acme/shop', role)
  const watched = await dashboard.openPage()
  await watched.page.goto(path)
  await signIn(watched.page, person)
  return watched
}

const countButtons = (page: Page, name: string) => page.getByRole('button', { name, exact: true }).count()

describe('a reporter', () => {
  it('reads issues, and finds nothing to press on them', async () => {
    const { page, close } = await openAs('REPORTER', '/acme/shop')
    await page.locator('a[href*="/issues/"]').first().click()
    await page.getByRole('complementary', { name: 'Counts and tags' }).waitFor()
    expect(await countButtons(page, 'Resolve')).toBe(0)
    expect(await countButtons(page, 'More actions')).toBe(0)
    await page.goto('/acme/shop')
    await page.locator('a[href*="/issues/"]').first().waitFor()
    expect(await page.getByRole('checkbox').count()).toBe(0)
    await page.goto('/')
    await page.getByRole('heading', { name: 'Projects' }).waitFor()
    expect(await countButtons(page, 'New project')).toBe(0)
    await page.getByRole('link', { name: 'Groups' }).click()
    await page.getByText('New groups are made by the instance’s owner.').waitFor()
    await page.getByRole('link', { name: 'acme' }).click()
    await page.getByRole('heading', { name: 'Group acme' }).waitFor()
    expect(await page.getByRole('heading', { name: 'Members' }).count()).toBe(0)
    expect(await countButtons(page, 'Delete group')).toBe(0)
    await page.goto('/acme/shop/settings')
    await page.getByText('for its maintainers and owners').waitFor()
    await close()
  })
})

describe('the only owner of a group', () => {
  it('keeps the role that may not be given away, on the page too', async () => {
    const { server } = dashboard
    await server.gql(`mutation { createProject(input: { path: "alone/app" }) { project { id } } }`)
    const { page, close } = await dashboard.openSignedIn('/-/groups/alone')
    const role = page.getByLabel(`Role of ${server.owner.email}`)
    await role.selectOption('Reporter')
    await page.getByRole('status').getByText('owner').waitFor()
    expect(await role.inputValue()).toBe('OWNER')
    await close()
  })
})

describe('somebody with any role', () => {
  it('may leave', async () => {
    const { page, close } = await openAs('DEVELOPER', '/acme/shop/members')
    await page.getByRole('button', { name: 'Leave' }).click()
    await page.locator('dialog[open]').getByRole('button', { name: 'Leave' }).click()
    await page.getByText('You have left').waitFor()
    await page.getByText('No project yet').waitFor()
    await close()
  })
})

describe('a developer', () => {
  it('changes issues, and deletes none', async () => {
    const { page, close } = await openAs('DEVELOPER', '/acme/shop')
    await page.getByLabel('Select SHOP-1').check()
    const bar = page.getByRole('group', { name: '1 selected' })
    await bar.getByRole('button', { name: 'Resolve' }).waitFor()
    expect(await bar.getByRole('button', { name: 'Delete' }).count()).toBe(0)
    await page.goto('/acme/shop/issues/SHOP-1')
    await page.getByRole('button', { name: 'Resolve', exact: true }).waitFor()
    expect(await countButtons(page, 'More actions')).toBe(0)
    await close()
  })
})

describe('a maintainer', () => {
  it('changes settings and deletes issues, but neither moves nor deletes the project', async () => {
    const { page, close } = await openAs('MAINTAINER', '/acme/shop/issues/SHOP-1')
    await page.getByRole('button', { name: 'More actions' }).waitFor()
    await page.goto('/acme/shop/settings/general')
    await page.getByText('is for its owners').waitFor()
    expect(await countButtons(page, 'Delete project')).toBe(0)
    expect(await page.getByRole('link', { name: 'Access tokens' }).count()).toBe(0)
    await page.goto('/acme/shop/settings/access-tokens')
    await page.getByText('are for its owners').waitFor()
    await close()
  })
})
