// Projects and groups that are renamed, moved, hidden and deleted.

import { describe, expect, it } from 'vitest'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

describe('the general settings of a project', () => {
  it('rename it, and move it to a new group, where its page goes on', async () => {
    await dashboard.server.seed.project('acme/old').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/old/settings/general')
    await page.getByLabel('Name', { exact: true }).fill('The shop')
    await page.getByRole('button', { name: 'Save project name' }).click()
    await page.getByText('Project name saved').waitFor()
    await page.getByRole('navigation', { name: 'Projects' }).getByText('The shop').waitFor()

    const move = page.getByRole('button', { name: 'Move project' })
    expect(await move.isDisabled()).toBe(true)
    await page.getByLabel('Group').fill('acme')
    await page.getByLabel('Project', { exact: true }).fill('shop')
    await move.click()
    await page.getByText('There is a project "acme/shop" already.').waitFor()
    await page.getByLabel('Group').fill('moved')
    await page.getByLabel('Project', { exact: true }).fill('new')
    await move.click()
    await page.waitForURL('**/moved/new/settings/general')
    await page.getByText('The project is now moved/new').waitFor()
    expect(await page.getByLabel('Group').inputValue()).toBe('moved')
    await close()
  })

  it('hide error tracking, which refuses events and is told on the other pages', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/hidden').withClientKey()
    const send = async () => (await server.sendEnvelope(makeEnvelope(makeEvent()), {}, project)).status
    const { page, close } = await dashboard.openSignedIn('/acme/hidden/settings/general')
    await page.getByLabel('Hide error tracking').check()
    await page.getByText('Error tracking is hidden').waitFor()
    await expect.poll(send).toBe(403)
    await page.getByRole('link', { name: 'Error Tracking' }).click()
    await page.getByText('Error tracking is hidden in this project').waitFor()
    expect(await page.getByRole('checkbox', { name: 'Active' }).count()).toBe(0)
    await page.goto('/acme/hidden/settings/general')
    await page.getByLabel('Hide error tracking').uncheck()
    await expect.poll(send).toBe(200)
    await close()
  })

  it('delete it after its path was typed, and give the focus back when not', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/gone').withClientKey()
    await server.sendEvent(makeEvent(), project)
    const { page, close } = await dashboard.openSignedIn('/acme/gone/settings/general')
    const button = page.getByRole('button', { name: 'Delete project' })
    await button.click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByText('With it go 1 issue').waitFor()
    const confirm = dialog.getByRole('button', { name: 'Delete project' })
    await dialog.getByLabel('to confirm').fill('acme/gon')
    expect(await confirm.isDisabled()).toBe(true)
    await page.keyboard.press('Escape')
    expect(await button.evaluate((element) => element === document.activeElement)).toBe(true)

    await page.keyboard.press('Enter')
    expect(await dialog.getByLabel('to confirm').inputValue()).toBe('')
    await page.keyboard.type('acme/gone')
    await page.keyboard.press('Enter')
    await page.getByText('acme/gone was deleted').waitFor()
    expect(new URL(page.url()).pathname).toBe('/')
    expect(await page.locator('a[href="/acme/gone"]').count()).toBe(0)
    await close()
  })
})

describe('the page of a group', () => {
  it('makes a project in it, renames it with its projects’ paths, and deletes it with them', async () => {
    await dashboard.server.seed.project('yard/shed').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/-/groups')
    await page.getByRole('link', { name: 'yard' }).click()
    await page.getByRole('heading', { name: 'Group yard' }).waitFor()
    await page.getByRole('button', { name: 'New project' }).click()
    const dialog = page.locator('dialog[open]')
    expect(await dialog.getByLabel('Group').inputValue()).toBe('yard')
    await dialog.getByLabel('Project').fill('shed')
    await dialog.getByRole('button', { name: 'Create project' }).click()
    await dialog.getByText('There is a project "yard/shed" already.').waitFor()
    await dialog.getByLabel('Project').fill('fence')
    await dialog.getByRole('button', { name: 'Create project' }).click()
    await page.waitForURL('**/yard/fence/settings')

    await page.getByRole('navigation', { name: 'Where you are' }).getByRole('link', { name: 'yard' }).click()
    await page.getByLabel('Path', { exact: true }).fill('acme')
    await page.getByRole('button', { name: 'Save group path' }).click()
    await page.getByText('There is a group "acme" already.').waitFor()
    await page.getByLabel('Path', { exact: true }).fill('garden')
    await page.getByRole('button', { name: 'Save group path' }).click()
    await page.waitForURL('**/-/groups/garden')
    await page.locator('span', { hasText: 'garden/shed' }).waitFor()

    await page.getByRole('link', { name: 'Audit log' }).click()
    await page.getByText('Group: rename').waitFor()
    await page.getByRole('link', { name: 'Group garden' }).click()

    await page.getByRole('button', { name: 'Delete group' }).click()
    await dialog.getByText('With it go 2 projects').waitFor()
    await dialog.getByText('garden/fence').waitFor()
    await dialog.getByLabel('to confirm').fill('garden')
    await dialog.getByRole('button', { name: 'Delete group' }).click()
    await page.getByText('garden was deleted').waitFor()
    expect(new URL(page.url()).pathname).toBe('/-/groups')
    expect(await page.getByRole('link', { name: 'garden' }).count()).toBe(0)
    await close()
  })
})
