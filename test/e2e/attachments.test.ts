import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()
/** One pixel. */
const PNG = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==',
  'base64',
)

function makeItem(header: object, payload: Buffer): Buffer {
  const line = JSON.stringify({ type: 'attachment', length: payload.length, ...header })
  return Buffer.concat([Buffer.from(`${line}\n`), payload, Buffer.from('\n')])
}

describe('the attachments of an event', () => {
  it('are listed with their size, shown where that is safe, and downloaded', async () => {
    const { server } = dashboard
    const event = makeEvent({ type: 'WithFilesError' })
    const page1 = '<img src=x onerror="document.title = 1">'
    const items = [
      makeItem({ type: 'event' }, Buffer.from(JSON.stringify(event))),
      makeItem({ filename: 'screen.png', content_type: 'image/png' }, PNG),
      makeItem({ filename: 'shop.html', content_type: 'text/html' }, Buffer.from(page1)),
      makeItem({ filename: 'dump.bin' }, Buffer.alloc(1500)),
    ]
    const header = Buffer.from(`${JSON.stringify({ event_id: event.event_id })}\n`)
    await server.sendEnvelope(Buffer.concat([header, ...items]))

    const { page, close } = await dashboard.openSignedIn('/acme/shop/issues/SHOP-1')
    const list = page.getByRole('region', { name: /Attachments/ })
    await list.getByText('1.4 KiB').waitFor()
    await list.getByRole('button', { name: 'Show screen.png' }).click()
    const picture = list.getByRole('img', { name: 'The picture screen.png' })
    await picture.waitFor()
    await expect.poll(() => picture.evaluate((image) => (image as HTMLImageElement).naturalWidth)).toBe(1)
    // A page is a text here.
    await list.getByRole('button', { name: 'Show shop.html' }).click()
    await list.getByText(page1).waitFor()
    expect(await list.getByRole('button', { name: 'Show dump.bin' }).count()).toBe(0)

    const downloading = page.waitForEvent('download')
    await list.getByRole('link', { name: 'Download dump.bin' }).click()
    const download = await downloading
    expect(download.suggestedFilename()).toBe('dump.bin')
    expect(readFileSync(join(await download.path())).length).toBe(1500)
    await close()
  })

  it('that came with what a user says are shown with that', async () => {
    const { server } = dashboard
    const said = { message: 'The button is gone', name: 'Ada', source: 'widget' }
    const items = [
      makeItem({ type: 'feedback' }, Buffer.from(JSON.stringify({ contexts: { feedback: said } }))),
      makeItem({ filename: 'screenshot.png', content_type: 'image/png' }, PNG),
    ]
    const header = Buffer.from(`${JSON.stringify({ event_id: 'ab'.repeat(16) })}\n`)
    await server.sendEnvelope(Buffer.concat([header, ...items]))

    const { page, close } = await dashboard.openSignedIn('/acme/shop/feedback')
    await page.getByText('The button is gone').waitFor()
    await page.getByRole('button', { name: 'Show screenshot.png' }).click()
    await page.getByRole('img', { name: 'The picture screenshot.png' }).waitFor()
    await close()
  })
})
