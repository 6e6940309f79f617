import { describe, expect, it } from 'vitest'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

describe('the ingest settings of a project', () => {
  it('are filled in, saved, and there again: what they filter is counted and not stored', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/filtered').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/filtered/settings')
    await page.getByRole('link', { name: 'Ingest settings' }).click()
    await page.waitForURL('**/settings/ingest')

    await page.getByLabel('Web crawlers').check()
    await page.getByLabel('Error messages').fill('  TestError: it *\n\nTestError: it *\nOther')
    await page.getByLabel('Releases older than').fill('shop@2.0')
    await page.getByRole('button', { name: 'Save inbound filters' }).click()
    await page.getByText('Inbound filters saved').waitFor()
    // As it is kept: without blanks, and each entry once.
    expect(await page.getByLabel('Error messages').inputValue()).toBe('TestError: it *\nOther')

    const event = makeEvent()
    expect((await server.sendEnvelope(makeEnvelope(event), {}, project)).status).toBe(200)
    await page.goto('/acme/filtered/ingest')
    await page.getByText('filtered_messages').waitFor()
    await page.getByText('an error message that this project does not want').waitFor()

    await page.goto('/acme/filtered/settings/ingest')
    await page.getByLabel('Web crawlers').waitFor()
    expect(await page.getByLabel('Web crawlers').isChecked()).toBe(true)
    expect(await page.getByLabel('Localhost').isChecked()).toBe(false)
    expect(await page.getByLabel('Releases older than').inputValue()).toBe('shop@2.0')
    await close()
  })

  it('say at each field what is wrong with it, put the focus there, and keep what was written', async () => {
    await dashboard.server.seed.project('acme/wrong').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/wrong/settings/ingest')
    await page.getByLabel('Client addresses').fill('10.0.0.0/8\nnonsense')
    await page.getByLabel('Releases older than').fill('main')
    await page.getByLabel('Releases older than').press('Enter')
    await page.getByText('"nonsense" is no IP address or range.').waitFor()
    await page.getByText('"main" is no version.').waitFor()
    expect(await page.getByRole('alert').innerText()).toBe('Nothing was saved: correct the fields that are marked.')
    const focused = page.locator(':focus')
    expect(await focused.getAttribute('aria-invalid')).toBe('true')
    expect(await page.getByLabel('Client addresses').inputValue()).toBe('10.0.0.0/8\nnonsense')

    await page.getByLabel('Client addresses').fill('10.0.0.0/8')
    await page.getByLabel('Releases older than').fill('')
    await page.getByRole('button', { name: 'Save inbound filters' }).click()
    await page.getByText('Inbound filters saved').waitFor()
    expect(await page.locator('[aria-invalid="true"]').count()).toBe(0)
    await close()
  })

  it('hold limits and scrubbing, and beside them the retention, each saved by itself', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/limits').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/limits/settings/ingest')
    await page.getByLabel('Safe fields').fill('auth_kind')
    await page.getByLabel('Events per minute, soft limit').fill('100')
    await page.getByLabel('Events per minute, hard limit').fill('10')
    await page.getByRole('button', { name: 'Save limits' }).click()
    await page.getByText('The hard limit must not be below the soft limit, which is 100.').waitFor()
    await page.getByLabel('Events per minute, hard limit').fill('')
    await page.getByRole('button', { name: 'Save limits' }).click()
    await page.getByText('Limits saved').waitFor()
    // What stands in another form and was not saved is still there.
    expect(await page.getByLabel('Safe fields').inputValue()).toBe('auth_kind')
    await page.getByRole('button', { name: 'Save scrubbing' }).click()
    await page.getByText('Scrubbing saved').waitFor()
    await page.getByRole('link', { name: 'Error Tracking' }).click()
    await page.getByLabel('Days that events are kept').fill('1000')
    await page.getByRole('button', { name: 'Save data retention' }).click()
    await page.getByRole('alert').waitFor()
    await page.getByLabel('Days that events are kept').fill('7')
    await page.getByRole('button', { name: 'Save data retention' }).click()
    await page.getByText('Data retention saved').waitFor()
    const { settings } = await server.database.prisma.project.findUniqueOrThrow({ where: { id: project.number } })
    expect(settings).toMatchObject({
      eventsPerMinute: 100,
      eventsPerMinuteHardMax: null,
      retentionDays: 7,
      scrubbing: { enabled: true, safeFields: ['auth_kind'] },
    })
    await close()
  })
})
