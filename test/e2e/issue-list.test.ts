import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'
import { until } from '../support/until.ts'

const dashboard = useDashboard()

const ISSUES = 30
const PAGE_SIZE = 25

let path: string
beforeAll(async () => {
  const { server } = dashboard
  const project = await server.seed.project('acme/many').withClientKey()
  path = `/${project.path}`
  for (let issue = 0; issue < ISSUES; issue += 1) {
    await server.sendEvent(makeEvent({ type: `Kind${String.fromCodePoint(97 + issue)}Error` }), project)
  }
})

const readRows = (page: Page) => page.locator('a[href*="/issues/"] strong').allTextContents()

async function expectRows(page: Page, count: number): Promise<string[]> {
  await expect.poll(() => page.locator('a[href*="/issues/"]').count()).toBe(count)
  return readRows(page)
}

describe('the list of issues', () => {
  it('is walked page by page, there and back, without losing or repeating an issue', async () => {
    const { page, close } = await dashboard.openSignedIn(path)
    const first = await expectRows(page, PAGE_SIZE)
    await page.getByRole('link', { name: 'Next', exact: true }).click()
    const second = await expectRows(page, ISSUES - PAGE_SIZE)
    expect(new Set([...first, ...second]).size).toBe(ISSUES)
    await page.reload()
    expect(await expectRows(page, ISSUES - PAGE_SIZE)).toEqual(second)
    await page.getByRole('link', { name: 'Previous', exact: true }).click()
    expect(await expectRows(page, PAGE_SIZE)).toEqual(first)
    await close()
  })

  it('filters while one types, and the filter is a link', async () => {
    const { page, close } = await dashboard.openSignedIn(path)
    await expectRows(page, PAGE_SIZE)
    await page.keyboard.press('/')
    await page.keyboard.type('kindc')
    expect(await expectRows(page, 1)).toEqual(['KindcError'])
    expect(new URL(page.url()).search).toBe('?query=kindc')
    await page.reload()
    expect(await expectRows(page, 1)).toEqual(['KindcError'])
    expect(await page.getByRole('searchbox').inputValue()).toBe('kindc')
    await close()
  })

  it('resolves from a row, keeps the row in place while it is pointed at, and takes it back', async () => {
    const { page, close } = await dashboard.openSignedIn(`${path}?query=kindd`)
    const row = page.getByRole('listitem').filter({ hasText: 'KinddError' })
    await row.hover()
    await row.getByRole('button', { name: 'Resolve', exact: true }).click()
    await row.getByText('Resolved', { exact: true }).waitFor()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(() => row.getByText('Resolved', { exact: true }).count()).toBe(0)
    await row.waitFor()
    await page.reload()
    expect(await expectRows(page, 1)).toEqual(['KinddError'])
    await close()
  })

  it('moves no row under the pointer: what is new waits behind a button', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/pointed').withClientKey()
    await server.sendEvent(makeEvent({ type: 'EarlierError' }), project)
    const { page, close } = await dashboard.openSignedIn('/acme/pointed')
    await page.getByText('Live', { exact: true }).waitFor()
    await expectRows(page, 1)
    const box = await page.getByRole('listitem').filter({ hasText: 'EarlierError' }).boundingBox()
    if (box === null) throw new Error('the row is not on the screen')
    await page.mouse.move(box.x + 40, box.y + 20)
    await page.mouse.move(box.x + 60, box.y + 22)
    const sending = server.sendEvent(makeEvent({ type: 'LaterError' }), project)
    const button = page.getByRole('button', { name: '1 new issue' })
    let moves = 0
    // A pointer that rests for four seconds holds nothing any more, and on a busy machine the event may take as long.
    await until(async () => {
      await page.mouse.move(box.x + 60 + (moves++ % 20), box.y + 22)
      return button.isVisible()
    })
    await button.click()
    await sending
    await expect.poll(() => readRows(page)).toEqual(['LaterError', 'EarlierError'])
    await close()
  })
})
