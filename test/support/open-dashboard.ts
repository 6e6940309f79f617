// A browser in front of a test server. Every page is watched: what it complains about on the console, what fails to
// load, and what is answered with an error fail the test that opened it.

import { afterAll, beforeAll } from 'vitest'
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core'
import { createTestServer } from './create-test-server.ts'
import type { TestServer, TestServerOptions } from './create-test-server.ts'
import { launchBrowser } from './launch-browser.ts'

export interface Dashboard {
  server: TestServer
  browser: Browser
  /** A page of somebody who is not signed in. */
  openPage(options?: BrowserContextOptions): Promise<WatchedPage>
  /** The owner's, signed in by the form, at `path`. */
  openSignedIn(path: string, options?: BrowserContextOptions): Promise<WatchedPage>
}

interface WatchedPage {
  page: Page
  context: BrowserContext
  /** Closes the page. @throws Error with everything that went wrong in it. */
  close(): Promise<void>
}

const WAIT_MAX_MS = 10_000

/**
 * For the top of a test file: all its tests share one server and one browser.
 *
 * @param prepare what the server needs, started before it.
 */
export function useDashboard(prepare: () => Promise<TestServerOptions> = () => Promise.resolve({})): Dashboard {
  const dashboard = { openPage, openSignedIn } as Dashboard
  beforeAll(async () => {
    dashboard.server = await createTestServer(await prepare())
    dashboard.browser = await launchBrowser()
  })
  afterAll(async () => {
    await dashboard.browser.close()
    await dashboard.server.stop()
  })

  async function openPage(options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const context = await dashboard.browser.newContext({
      baseURL: dashboard.server.url,
      viewport: { width: 1280, height: 800 },
      ...options,
    })
    context.setDefaultTimeout(WAIT_MAX_MS)
    const page = await context.newPage()
    const complaints = watchPage(page)
    return {
      page,
      context,
      close: async () => {
        await context.close()
        if (complaints.length > 0) throw new Error(`the page complained:\n${complaints.join('\n')}`)
      },
    }
  }

  async function openSignedIn(path: string, options: BrowserContextOptions = {}): Promise<WatchedPage> {
    const watched = await openPage(options)
    await watched.page.goto(path)
    await signIn(watched.page, dashboard.server.owner)
    return watched
  }

  return dashboard
}

/** By the form, as people do. Resolves when the form is gone. */
export async function signIn(page: Page, owner: { email: string; password: string }): Promise<void> {
  await page.locator('input[type=email]').fill(owner.email)
  await page.locator('input[type=password]').fill(owner.password)
  await page.locator('input[type=password]').press('Enter')
  await page.locator('input[type=password]').waitFor({ state: 'detached' })
}

function watchPage(page: Page): string[] {
  const complaints: string[] = []
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(`console: ${message.text()}`)
  })
  page.on('pageerror', (error) => complaints.push(`uncaught: ${error.message}`))
  page.on('response', (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} for ${response.url()}`)
  })
  page.on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? ''
    // A request that a navigation made pointless is given up by the browser itself.
    if (reason !== 'net::ERR_ABORTED') complaints.push(`${reason} for ${request.url()}`)
  })
  return complaints
}
