import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { launchBrowser } from '../../support/launch-browser.ts'
import { servePage } from '../../support/serve-page.ts'
import { until } from '../../support/until.ts'
import type { Sample } from '../sample.ts'
import { STORY } from '../story.ts'

const FOLDER = import.meta.dirname

function makeSample(version: string, sdk: string, since: 'oldest' | 'newest', more: Sample['cases']): Sample {
  return {
    sdk: 'sentry-browser',
    version,
    cases: [
      ...(['exception', 'message', 'transaction', 'attachment', 'session', 'feedback', 'clientreport'] as const),
      ...more,
    ],
    // Chromium comes with the project.
    needs: [],
    files: {},
    async tell({ dsn, name, hasSent }) {
      const page = await servePage({
        entry: join(FOLDER, 'story.js'),
        alias: { sdk, since: join(FOLDER, `${since}.js`) },
      })
      const browser = await launchBrowser()
      try {
        const tab = await browser.newPage()
        await tab.goto(page.urlFor(dsn))
        await tab.evaluate((told) => (window as unknown as { tell(told: string): Promise<void> }).tell(told), name)
        if (name === 'feedback' && since === 'oldest') await fillDialog(tab)
        // Some things are sent when a page is left.
        await tab.goto('about:blank')
        await until(hasSent, { what: 'something is sent' })
      } finally {
        await browser.close()
        await page.stop()
      }
    },
  }
}

async function fillDialog(tab: Page): Promise<void> {
  const dialog = tab.getByRole('dialog')
  await dialog.getByLabel('What happened?').fill(STORY.said)
  await dialog.getByRole('button', { name: 'Submit Crash Report' }).click()
  await dialog.getByText('Your feedback has been sent').waitFor()
}

export const browserSamples: Sample[] = [
  makeSample('7.38.0', 'sentry-browser-7', 'oldest', []),
  makeSample('11.12.0', '@sentry/browser', 'newest', ['logs']),
]
