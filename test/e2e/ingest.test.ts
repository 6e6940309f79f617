// The page that tells what became of what was sent: every outcome and reason stands on it, with who sends and what clients
// got wrong.

import { expect, it, describe } from 'vitest'
import { OUTCOME_CASES } from '../support/outcome-cases.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

describe('the page Ingest', () => {
  it('says how to get there while nothing was sent', async () => {
    await dashboard.server.seed.project('acme/empty').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/empty/ingest')
    await page.getByText('Nothing was sent in the last 24 hours').waitFor()
    expect(await page.getByRole('link', { name: 'Copy the DSN' }).getAttribute('href')).toBe('/acme/empty/settings')
    await page.getByText('Nothing: every request could be read.').waitFor()
    await close()
  })

  it('names the keys, tells which have ended, and where to make one when there is none', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/keys').withClientKey()
    const { prisma } = server.database
    await prisma.clientKey.updateMany({
      where: { projectId: project.number },
      data: { name: 'Checkout', active: false },
    })
    const { page, close } = await dashboard.openSignedIn('/acme/keys/ingest')
    const keys = page.getByRole('region', { name: 'Keys' })
    await keys.getByText('Checkout').waitFor()
    await keys.getByText('inactive').waitFor()
    await prisma.clientKey.deleteMany({ where: { projectId: project.number } })
    await page.reload()
    await keys.getByText('No SDK can send anything: there is no key.').waitFor()
    expect(await keys.getByRole('link').getAttribute('href')).toBe('/acme/keys/settings')
    await close()
  })

  it('shows every outcome with its reason and number, by hours and by days', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/all').withClientKey()
    for (const [index, { outcome, reason, category }] of OUTCOME_CASES.entries()) {
      await server.database.pool.query(
        `INSERT INTO outcome (project_id, hour, outcome, reason, category, quantity)
         VALUES ($1, date_trunc('hour', now(), 'UTC'), $2, $3, $4, $5)`,
        [project.number, outcome, reason, category, 100 + index],
      )
    }
    const { page, close } = await dashboard.openSignedIn('/acme/all/ingest')
    const rows = page.locator('tbody').first().locator('tr')
    await expect.poll(() => rows.count()).toBe(OUTCOME_CASES.length)
    for (const [index, { name, reason, category }] of OUTCOME_CASES.entries()) {
      const row = rows
        .filter({ hasText: name })
        .filter({ hasText: category })
        .filter({ hasText: String(100 + index) })
      expect(await row.count(), `${name} ${reason}`).toBe(1)
      expect(await row.innerText()).toContain(reason)
    }
    await page.getByRole('link', { name: '30 days' }).click()
    await page.waitForURL('**/ingest?period=30d')
    await expect.poll(() => rows.count()).toBe(OUTCOME_CASES.length)

    await page.getByLabel('Kind of data').selectOption('transaction')
    await page.waitForURL('**/ingest?period=30d&category=transaction')
    const ofTransactions = OUTCOME_CASES.filter(({ category }) => category === 'transaction').length
    await expect.poll(() => rows.count()).toBe(ofTransactions)
    await page.goBack()
    await expect.poll(() => rows.count()).toBe(OUTCOME_CASES.length)
    await close()
  })

  it('follows what comes in by itself: numbers, SDKs, keys and mistakes, with advice', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/busy').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/busy/ingest')
    await page.getByText('Nothing was sent in the last 24 hours').waitFor()
    const client = 'sentry_client=sentry.python/1.21.0'
    const auth = { 'X-Sentry-Auth': `Sentry sentry_version=7, sentry_key=${project.publicKey}, ${client}` }
    await server.sendEnvelope(makeEnvelope(makeEvent()), { ...auth, 'X-Forwarded-For': '203.0.113.7' }, project)
    const wrong = { 'X-Sentry-Auth': `Sentry sentry_key=${'f'.repeat(32)}, ${client}` }
    await server.sendEnvelope(makeEnvelope(makeEvent()), wrong, project)

    await page.getByRole('row', { name: 'Accepted' }).waitFor()
    await page.getByText('A key that is not known').waitFor()
    await page.getByText('Copy the DSN from the project’s settings.').waitFor()
    await page.getByRole('row', { name: 'sentry.python 1.21.0' }).waitFor()
    await page.getByText('by sentry.python/1.21.0 from 203.0.113.7').waitFor()
    await page.getByRole('region', { name: 'Keys' }).getByText('1 event', { exact: true }).waitFor()
    await close()
  })

  it('counts what was sent with each key, in the period that is chosen', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/counted').withClientKey()
    await server.database.pool.query(
      `INSERT INTO client_key_hour (project_id, key_id, hour, events)
       SELECT project_id, id, date_trunc('hour', now(), 'UTC') - age.hours * interval '1 hour', age.events
       FROM client_key, (VALUES (0, 1200), (72, 34)) AS age (hours, events) WHERE project_id = $1`,
      [project.number],
    )
    const { page, close } = await dashboard.openSignedIn('/acme/counted/ingest')
    const line = page.getByRole('region', { name: 'Keys' }).getByRole('listitem')
    await line.getByTitle('1,200').waitFor()
    await page.getByRole('link', { name: '30 days' }).click()
    await line.getByTitle('1,234').waitFor()
    await close()
  })

  it('reads the chart by the keyboard', async () => {
    const { page, close } = await dashboard.openSignedIn('/acme/all/ingest')
    const chart = page.getByRole('slider')
    await chart.focus()
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/accepted, .*dropped by the sdk$/)
    await page.keyboard.press('ArrowLeft')
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/: nothing$/)
    await close()
  })

  it('fits a phone without scrolling sideways', async () => {
    const { page, close } = await dashboard.openSignedIn('/acme/all/ingest', { viewport: { width: 390, height: 800 } })
    await page.locator('tbody tr').first().waitFor()
    const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth])
    expect(widths[0]).toBeLessThanOrEqual(widths[1] ?? 0)
    await close()
  })

  it('leaves what names no project to a page of the instance', async () => {
    const { server } = dashboard
    await fetch(`${server.url}/api/777777/envelope/?sentry_key=${'d'.repeat(32)}`, { method: 'POST', body: '{}' })
    const { page, close } = await dashboard.openSignedIn('/acme/all/ingest')
    await expect
      .poll(async () => (await server.gql<{ clientErrors: unknown[] }>('{ clientErrors { id } }')).clientErrors.length)
      .toBeGreaterThan(0)
    await page.getByRole('link', { name: 'Requests that name no project' }).click()
    await page.getByText('d'.repeat(32)).waitFor()
    await close()
  })
})

describe('an event', () => {
  it('tells the transaction that it happened in', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/traced').withClientKey()
    const trace = { trace_id: 'ab'.repeat(16), span_id: 'cd'.repeat(8) }
    await server.sendEvent(makeEvent({ type: 'TracedError', contexts: { trace } }), project)
    const now = Date.now() / 1000
    const transaction = {
      type: 'transaction',
      transaction: 'POST /checkout',
      start_timestamp: now - 0.231,
      timestamp: now,
      contexts: { trace: { ...trace, op: 'http.server', status: 'internal_error' } },
    }
    await server.sendEnvelope(`{}\n{"type":"transaction"}\n${JSON.stringify(transaction)}\n`, {}, project)
    const { page, close } = await dashboard.openSignedIn('/acme/traced')
    await page.getByRole('link', { name: /TracedError/ }).click()
    const section = page.getByRole('region', { name: 'Happened in' })
    await section.waitFor()
    const text = await section.innerText()
    for (const part of ['POST /checkout', 'http.server', 'took 231 ms', 'internal_error']) expect(text).toContain(part)
    await close()
  })
})
