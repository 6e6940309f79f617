// The page of a project's monitors: how jobs do, told by themselves, and what one may do to a monitor.

import { expect, it, describe } from 'vitest'
import type { SeededProject } from '../support/create-test-server.ts'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard()

const HOURLY = { schedule: { type: 'interval', value: 1, unit: 'hour' } }

async function send(project: SeededProject, fields: Record<string, unknown>): Promise<void> {
  const payload = JSON.stringify({ monitor_slug: 'nightly-export', status: 'ok', monitor_config: HOURLY, ...fields })
  await dashboard.server.sendEnvelope(`{}\n{"type":"check_in"}\n${payload}\n`, {}, project)
}

describe('the page Monitors', () => {
  it('says how to send a check-in while there is none, and shows the monitor by itself once its line was sent', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/empty').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/empty')
    await page.getByRole('link', { name: 'Monitors' }).click()
    await page.getByText('No monitor yet').waitFor()
    const line = await page.getByRole('region', { name: 'Make a monitor' }).locator('pre').innerText()
    const [, address = ''] = /curl '([^']+)'/.exec(line) ?? []
    const [, body = ''] = /-d '([^']+)'/.exec(line) ?? []
    expect(address).toBe(`${server.url}/api/${project.number}/cron/nightly-export/${project.publicKey}/`)
    const answer = await fetch(address, { method: 'POST', headers: { 'Content-Type': 'application/json' }, body })
    expect(answer.status).toBe(202)

    const monitor = page.getByRole('listitem', { name: 'nightly-export' })
    await monitor.waitFor()
    const text = await monitor.innerText()
    for (const part of ['0 3 * * *', 'UTC', 'production', 'OK', 'Next in']) expect(text).toContain(part)
    await page.getByRole('img', { name: 'The last 1 check-in: 1 OK' }).waitFor()
    await close()
  })

  it('follows a job as it begins, fails and opens an issue', async () => {
    const project = await dashboard.server.seed.project('acme/jobs').withClientKey()
    await send(project, { duration: 2.5 })
    const { page, close } = await dashboard.openSignedIn('/acme/jobs/monitors')
    const monitor = page.getByRole('listitem', { name: 'nightly-export' })
    await monitor.getByText('took 2.5 s', { exact: true }).waitFor()
    await send(project, { status: 'in_progress' })
    await monitor.getByText('In progress', { exact: true }).waitFor()
    await send(project, { status: 'error', duration: 4 })
    await monitor.getByText('Failed', { exact: true }).waitFor()
    await page.getByRole('img', { name: 'The last 2 check-ins: 1 OK, 1 failed' }).waitFor()
    await monitor.getByRole('link', { name: 'JOBS-1' }).click()
    await page.getByRole('heading', { name: /Monitor "nightly-export" reported an error/ }).waitFor()
    await close()
  })

  it('pauses, resumes and deletes, by the keyboard too, and asks before it deletes', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/managed').withClientKey()
    for (const environment of ['production', 'staging']) await send(project, { environment })
    const { page, close } = await dashboard.openSignedIn('/acme/managed/monitors')
    const monitor = page.getByRole('listitem', { name: 'nightly-export' })
    await monitor.getByRole('button', { name: 'Pause' }).focus()
    await page.keyboard.press('Enter')
    await monitor.getByText('Paused', { exact: true }).waitFor()
    await monitor.getByText('Not expected').first().waitFor()
    await monitor.getByRole('button', { name: 'Resume' }).click()
    await monitor.getByText('Next in').first().waitFor()

    await monitor.getByRole('button', { name: 'Delete' }).click()
    const dialog = page.getByRole('dialog')
    await dialog.getByLabel('What to delete').selectOption('staging')
    await page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await monitor.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByLabel('What to delete').selectOption('staging')
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await monitor.getByText('staging', { exact: true }).waitFor({ state: 'detached' })
    await monitor.getByText('production', { exact: true }).waitFor()
    await monitor.getByRole('button', { name: 'Delete' }).click()
    await dialog.getByRole('button', { name: 'Delete' }).click()
    await page.getByText('No monitor yet').waitFor()
    await close()
  })
})
