// Every page, in both themes and on a telephone's width: nothing that keeps people out, nothing that scrolls sideways.

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import type { Page } from 'playwright-core'
import { beforeAll, describe, expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'
import { runShop } from '../support/run-shop.ts'
import { seedSessions } from '../support/seed-sessions.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const PAGES: [name: string, path: string, landmark: string][] = [
  ['the projects', '/', 'a[href="/acme/shop"]'],
  ['the list of issues', '/acme/shop', 'a[href*="/issues/"]'],
  ['an issue', '/acme/shop/issues/SHOP-1', 'text=chargeCard'],
  ['the ingest', '/acme/shop/ingest', 'tbody tr'],
  ['the ingest of a project that got nothing', '/acme/empty/ingest', 'text=/nothing was sent/i'],
  ['the releases', '/acme/shop/releases', 'tbody tr'],
  ['one release', '/acme/shop/releases?search=shop%401.4.2&environment=production&period=30d', 'tbody [role=slider]'],
  ['the releases of a project that has none', '/acme/empty/releases', 'text=/no release yet/i'],
  ['the monitors', '/acme/shop/monitors', 'text=nightly-export'],
  ['the monitors of a project that has none', '/acme/empty/monitors', 'text=/no monitor yet/i'],
  ['the requests that name no project', '/-/ingest', 'h1'],
  ['the settings', '/acme/shop/settings', 'input[readonly]'],
  ['the general settings', '/acme/shop/settings/general', 'text=/delete project/i'],
  ['the ingest settings', '/acme/shop/settings/ingest', 'h2'],
  ['the access tokens', '/acme/shop/settings/access-tokens', 'li button'],
  ['the first event', '/acme/empty', 'text=/waiting for the first event/i'],
  ['the members', '/acme/shop/members', 'h2'],
  ['the groups', '/-/groups', 'li a[href="/-/groups/acme"]'],
  ['a group', '/-/groups/acme', 'h2'],
  ['the people', '/-/people', 'h2'],
  ['the audit log', '/-/audit', 'h1'],
  ['the account', '/-/account', 'main'],
  ['an address that leads nowhere', '/acme/nothing-here', 'main'],
]

const STRANGERS_PAGES: [name: string, path: string, landmark: string][] = [
  ['the sign-in form', '/', 'input[type=password]'],
  ['the first owner’s account', '/-/setup#a-token-that-nobody-made', 'input[type=password]'],
  ['the forgotten password', '/-/forgot', 'main'],
  ['the one-time link', '/-/reset#a-token-that-nobody-made', 'main'],
  ['an invitation that is over', '/-/invitation#over', 'h1'],
  ['a sign-in by the provider that came to nothing', '/-/sign-in?failed=denied', '[role=alert]'],
  ['the second step', '/-/sign-in?step=code', 'input[name=code]'],
]

const dashboard = useDashboard()
beforeAll(async () => {
  const { server } = dashboard
  await runShop('@sentry/node', server.project.dsn, 'exception', 3)
  await server.sendEvent(
    makeEvent({
      type: 'AnErrorWhoseNameIsFarTooLongToFitOnTheScreenOfATelephone',
      transaction: '/a/path/that/is/much/too/long/for/any/screen/and/has/no/place/to/break/'.repeat(3),
      tags: { level_of_detail: 'x'.repeat(190) },
    }),
  )
  await seedSessions(server, server.project, [
    { release: 'shop@1.4.2', environment: 'production', exited: 90, errored: 3, crashed: 1, hours: 6, people: 8 },
    {
      release: `${'x'.repeat(90)}@2.0.0+${'y'.repeat(90)}`,
      environment: 'z'.repeat(64),
      exited: 1,
      hours: 1,
      people: 1,
    },
  ])
  for (const [index, status] of ['ok', 'error', 'in_progress'].entries()) {
    const config = { schedule: { type: 'crontab', value: '0 3 * * *' }, timezone: 'America/Argentina/ComodRivadavia' }
    for (const slug of ['nightly-export', 'x'.repeat(50)]) {
      const checkIn = {
        monitor_slug: slug,
        status,
        duration: index,
        environment: 'z'.repeat(64),
        monitor_config: config,
      }
      await server.sendEnvelope(`{}\n{"type":"check_in"}\n${JSON.stringify(checkIn)}\n`)
    }
  }
  await server.seed.project('acme/empty').withClientKey()
  await server.gql(
    `mutation ($project: ID!, $name: String!) {
       createAccessToken(input: { project: $project, role: DEVELOPER, name: $name, scopes: ["read_api", "event:write"] }) {
         secret } }`,
    { project: Buffer.from(`Project:${server.project.number}`).toString('base64url'), name: 'x'.repeat(100) },
  )
})

async function findViolations(page: Page): Promise<string[]> {
  await page.evaluate(AXE)
  const { violations } = (await page.evaluate('axe.run()')) as AxeResults
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary ?? ''}`))
}

describe.each(['light', 'dark'] as const)('in the %s theme', (colorScheme) => {
  it.each(STRANGERS_PAGES)('%s keeps nobody out', async (_name, path, landmark) => {
    const { page, close } = await dashboard.openPage({ colorScheme, reducedMotion: 'reduce' })
    await page.goto(path)
    await page.locator(landmark).first().waitFor()
    expect(await findViolations(page)).toEqual([])
    await close()
  })

  it.each(PAGES)('%s keeps nobody out', async (_name, path, landmark) => {
    const { page, close } = await dashboard.openSignedIn(path, { colorScheme, reducedMotion: 'reduce' })
    await page.locator(landmark).first().waitFor()
    expect(await findViolations(page)).toEqual([])
    await close()
  })
})

async function expectNoSidewaysScroll(page: Page, landmark: string): Promise<void> {
  await page.locator(landmark).first().waitFor({ state: 'attached' })
  const { content, view } = await page.evaluate(() => ({
    content: document.documentElement.scrollWidth,
    view: document.documentElement.clientWidth,
  }))
  expect(content).toBeLessThanOrEqual(view)
}

describe('what opens on a page', () => {
  it.each(['light', 'dark'] as const)('keeps nobody out in the %s theme', async (colorScheme) => {
    const { page, close } = await dashboard.openSignedIn('/acme/shop', { colorScheme, reducedMotion: 'reduce' })
    await page.getByLabel('Select SHOP-1').check()
    await page.getByText('1 selected').waitFor()
    expect(await findViolations(page)).toEqual([])
    await page.getByRole('button', { name: 'Delete', exact: true }).click()
    expect(await findViolations(page)).toEqual([])
    await page.goto('/acme/shop/settings/general')
    await page.getByRole('button', { name: 'Delete project' }).click()
    await page.locator('dialog[open] input').fill('acme/shop')
    expect(await findViolations(page)).toEqual([])
    await page.goto('/acme/shop/issues/SHOP-1')
    await page.getByRole('button', { name: 'More actions' }).click()
    expect(await findViolations(page)).toEqual([])
    await close()
  })
})

describe('at a width of 390 px', () => {
  const viewport = { width: 390, height: 844 }

  it.each(STRANGERS_PAGES)('%s does not scroll sideways', async (_name, path, landmark) => {
    const { page, close } = await dashboard.openPage({ viewport })
    await page.goto(path)
    await expectNoSidewaysScroll(page, landmark)
    await close()
  })

  it.each(PAGES)('%s does not scroll sideways', async (_name, path, landmark) => {
    const { page, close } = await dashboard.openSignedIn(path, { viewport })
    await expectNoSidewaysScroll(page, landmark)
    await close()
  })
})
