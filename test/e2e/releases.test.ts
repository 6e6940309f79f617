// The page that tells how releases do: rates, people and charts, by period and environment, and how to get there.

import { beforeAll, describe, expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'
import { seedSessions } from '../support/seed-sessions.ts'

const dashboard = useDashboard()

beforeAll(async () => {
  const { server } = dashboard
  const project = await server.seed.project('acme/app').withClientKey()
  await seedSessions(server, project, [
    { release: '1.0', environment: 'production', exited: 10, hours: 48, people: 1 },
    {
      release: '2.0',
      environment: 'staging',
      exited: 5,
      errored: 1,
      unhandled: 2,
      abnormal: 3,
      crashed: 4,
      hours: 1,
      people: 4,
    },
  ])
})

const PRODUCTION = { environment: 'production', hours: 1, people: 4 }

describe('the page Releases', () => {
  it('says how to get there while there is none, and fills by itself', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/empty').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/empty')
    await page.getByRole('link', { name: 'Releases' }).click()
    await page.getByText('No release yet').waitFor()
    await page.getByText("release: 'shop@1.4.2'").waitFor()
    expect(await page.getByRole('link', { name: 'Copy the DSN' }).getAttribute('href')).toBe('/acme/empty/settings')

    await seedSessions(server, project, [{ ...PRODUCTION, release: 'shop@1.0', exited: 9, crashed: 2 }])
    const row = page.getByRole('row', { name: 'shop@1.0' })
    await row.waitFor()
    // Three people with 9 each, one with 2 crashes.
    expect(await row.innerText()).toMatch(/production\s.*29\s+93\.1 %\s+4\s+75 %\s+100 %/s)
    await close()
  })

  it('tells sessions by their ends, of a period and an environment, and keeps both in the address', async () => {
    const { page, close } = await dashboard.openSignedIn('/acme/app/releases')
    const figures = page.getByRole('region', { name: 'Sessions in time' }).locator('dl')
    const names = () => page.getByRole('rowheader').allInnerTexts()
    await expect.poll(names).toHaveLength(2)
    expect(await figures.innerText()).toMatch(/Crashed\s+4$/)

    await page.getByLabel('Environment').selectOption('staging')
    await page.waitForURL('**/releases?environment=staging')
    await expect.poll(names).toEqual([expect.stringMatching(/^2\.0\s+staging/)])
    expect(await figures.innerText()).toMatch(
      /Healthy\s+15\s+With errors\s+1\s+Unhandled\s+2\s+Abnormal\s+3\s+Crashed\s+4$/,
    )

    await page.getByRole('link', { name: '30 days' }).click()
    await page.waitForURL('**/releases?period=30d&environment=staging')
    await page.getByLabel('Environment').selectOption('production')
    await page.waitForURL('**/releases?period=30d&environment=production')
    await expect.poll(() => figures.innerText()).toMatch(/Crash-free sessions\s+100 %/)
    await page.goBack()
    await expect.poll(names).toEqual([expect.stringMatching(/^2\.0/)])
    await page.reload()
    await expect.poll(names).toEqual([expect.stringMatching(/^2\.0/)])
    await close()
  })

  it('finds what has no environment', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/bare').withClientKey()
    await seedSessions(server, project, [
      { ...PRODUCTION, release: '1.0', exited: 1 },
      { ...PRODUCTION, release: 'bare', environment: null, exited: 1 },
    ])
    const { page, close } = await dashboard.openSignedIn('/acme/bare/releases')
    await page.getByLabel('Environment').selectOption({ label: 'no environment' })
    await page.waitForURL('**/releases?environment=')
    await expect.poll(() => page.getByRole('rowheader').allInnerTexts()).toEqual([expect.stringMatching(/^bare/)])
    await close()
  })

  it('opens a release by the keyboard and reads its chart', async () => {
    const { page, close } = await dashboard.openSignedIn('/acme/app/releases')
    const button = page.getByRole('button', { name: /^2\.0 staging/ })
    await button.focus()
    await page.keyboard.press('Enter')
    expect(await button.getAttribute('aria-expanded')).toBe('true')
    const chart = page.locator('tbody').getByRole('slider')
    await chart.focus()
    expect(await chart.getAttribute('aria-valuetext')).toMatch(
      /15 healthy, 1 with errors, 2 unhandled, 3 abnormal, 4 crashed$/,
    )
    await page.keyboard.press('ArrowLeft')
    expect(await chart.getAttribute('aria-valuetext')).toMatch(/: no session$/)
    await button.focus()
    await page.keyboard.press('Enter')
    await chart.waitFor({ state: 'detached' })
    await close()
  })

  it('is reached from the release of an issue, opened there', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/linked').withClientKey()
    await server.sendEvent(makeEvent({ type: 'LinkedError', release: 'shop@9.1', environment: 'production' }), project)
    await seedSessions(server, project, [{ ...PRODUCTION, release: 'shop@8.0', exited: 1 }])
    const { page, close } = await dashboard.openSignedIn('/acme/linked')
    await page.getByRole('link', { name: /LinkedError/ }).click()
    await page.getByRole('link', { name: 'shop@9.1', exact: true }).first().click()
    await page.waitForURL('**/releases?search=shop%409.1')
    const row = page.getByRole('row', { name: 'shop@9.1' })
    await row.waitFor()
    expect(await row.innerText()).toContain('1 new issue')
    await page.getByText('No session in the last 24 hours').waitFor()
    await page.getByLabel('Search releases by version').fill('shop@7')
    await page.keyboard.press('Enter')
    await page.getByText('No release has that').waitFor()
    await page.getByRole('link', { name: 'Show all releases' }).click()
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(2)
    await close()
  })

  it('has pages', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/many').withClientKey()
    await seedSessions(
      server,
      project,
      Array.from({ length: 27 }, (_, index) => ({ ...PRODUCTION, release: `v${index}`, exited: 1 })),
    )
    const { page, close } = await dashboard.openSignedIn('/acme/many/releases')
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(25)
    await page.getByRole('link', { name: 'Older' }).click()
    await expect
      .poll(() => page.getByRole('rowheader').allInnerTexts())
      .toEqual([expect.stringMatching(/^v1\s/), expect.stringMatching(/^v0\s/)])
    await page.getByRole('link', { name: 'Newest' }).click()
    await expect.poll(() => page.getByRole('rowheader').count()).toBe(25)
    await close()
  })

  it('says what failed, and tries again', async () => {
    const { page, close } = await dashboard.openSignedIn('/acme/app')
    let isAway = true
    await page.route('**/graphql', (route) =>
      isAway && route.request().postData()?.includes('query Releases')
        ? route.fulfill({
            json: { errors: [{ message: 'The database is away.', extensions: { code: 'UNAVAILABLE' } }] },
          })
        : route.fallback(),
    )
    await page.getByRole('link', { name: 'Releases' }).click()
    await page.getByText('The releases could not be loaded').waitFor()
    isAway = false
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByRole('rowheader').first().waitFor()
    await close()
  })
})
