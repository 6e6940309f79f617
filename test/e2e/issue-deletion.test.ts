// Issues that are selected, changed together, and deleted: who does it, and who looks on.

import type { Page } from 'playwright-core'
import { describe, expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

async function seedIssues(path: string, types: string[]): Promise<void> {
  const project = await dashboard.server.seed.project(path).withClientKey()
  for (const type of types) await dashboard.server.sendEvent(makeEvent({ type }), project)
}

const readRows = (page: Page) => page.locator('a[href*="/issues/"] strong').allTextContents()

describe('the selected issues of a list', () => {
  it('are resolved together, and that is undone together', async () => {
    await seedIssues('acme/together', ['OneError', 'TwoError', 'ThreeError'])
    const { page, close } = await dashboard.openSignedIn('/acme/together')
    await page.getByLabel('Select all').check()
    await page.getByText('3 selected').waitFor()
    await page.getByLabel('Select TOGETHER-1').uncheck()
    await page.getByText('2 selected').waitFor()
    await page.getByRole('group', { name: '2 selected' }).getByRole('button', { name: 'Resolve' }).click()
    await expect.poll(() => readRows(page)).toEqual(['OneError'])
    await page.getByText('2 issues resolved').waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => readRows(page)).toEqual(['ThreeError', 'TwoError', 'OneError'])
    await page.reload()
    await expect.poll(() => readRows(page)).toEqual(['ThreeError', 'TwoError', 'OneError'])
    await close()
  })

  it('are deleted after a confirmation, and leave the lists of others', async () => {
    await seedIssues('acme/deleted', ['OneError', 'TwoError', 'ThreeError'])
    const { page, close } = await dashboard.openSignedIn('/acme/deleted')
    const other = await dashboard.openSignedIn('/acme/deleted')
    await other.page.getByText('Live', { exact: true }).waitFor()
    const open = await dashboard.openSignedIn('/acme/deleted/issues/DELETED-2')
    await open.page.getByText('Live', { exact: true }).waitFor()

    await page.getByLabel('Select DELETED-1').check()
    await page.getByLabel('Select DELETED-2').check()
    const bar = page.getByRole('group', { name: '2 selected' })
    await bar.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByText('all their events (2 so far)').waitFor()
    await page.keyboard.press('Escape')
    expect(await bar.getByRole('button', { name: 'Delete' }).evaluate((it) => it === document.activeElement)).toBe(true)
    await page.keyboard.press('Enter')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('2 issues deleted').waitFor()
    expect(await readRows(page)).toEqual(['ThreeError'])
    await expect.poll(() => readRows(other.page)).toEqual(['ThreeError'])
    await open.page.getByText('DELETED-2 was deleted').waitFor()
    await close()
    await other.close()
    await open.close()
  })
})

describe('the page of an issue', () => {
  it('deletes it, and goes back to the list', async () => {
    await seedIssues('acme/single', ['OneError', 'TwoError'])
    const { page, close } = await dashboard.openSignedIn('/acme/single/issues/SINGLE-1')
    const more = page.getByRole('button', { name: 'More actions' })
    await more.click()
    await page.getByRole('menuitem', { name: 'Delete issue' }).click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByRole('button', { name: 'Cancel' }).click()
    expect(await more.evaluate((it) => it === document.activeElement)).toBe(true)
    await more.click()
    await page.getByRole('menuitem', { name: 'Delete issue' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.waitForURL('**/acme/single')
    await page.getByText('SINGLE-1 deleted').waitFor()
    await expect.poll(() => readRows(page)).toEqual(['TwoError'])
    await close()
  })
})
