import { describe, expect, it } from 'vitest'
import { useDashboard } from '../support/open-dashboard.ts'
import { makeEnvelope, makeEvent } from '../support/make-event.ts'

const dashboard = useDashboard()

/** @returns the status with which an event sent with this key is answered. */
async function trySending(publicKey: string): Promise<number> {
  const { server } = dashboard
  return (await server.sendEnvelope(makeEnvelope(makeEvent()), {}, { ...server.project, publicKey })).status
}

describe('the settings of a project', () => {
  it('hold the whole DSN to copy', async () => {
    const { page, close } = await dashboard.openSignedIn('/acme/shop/settings')
    const field = page.locator('input[readonly]').first()
    await field.waitFor()
    const { dsn, publicKey } = dashboard.server.project
    expect(await field.inputValue()).toBe(dsn)
    // GitLab Runner insists on it.
    const legacy = page
      .getByRole('region', { name: 'DSN', exact: true })
      .getByLabel('DSN with a secret', { exact: true })
    expect(await legacy.inputValue()).toBe(dsn.replace(publicKey, `${publicKey}:${publicKey}`))
    await close()
  })

  it('create, rotate and delete keys, which works at once', async () => {
    const { server } = dashboard
    const { page, close } = await dashboard.openSignedIn('/acme/shop/settings')
    const keys = page.locator('li').filter({ has: page.getByRole('button', { name: 'Rotate' }) })
    await keys.first().waitFor()
    expect(await keys.count()).toBe(1)

    await page.getByRole('button', { name: /^(create|new|add) /i }).click()
    await expect.poll(() => keys.count()).toBe(2)
    const created = await keys.filter({ hasNotText: server.project.publicKey }).locator('code').innerText()
    expect(created).toMatch(/^[0-9a-f]{32}$/)
    expect(await trySending(created)).toBe(200)

    // What ends by itself before the grace period is over does so, and the dialog says it.
    const line = keys.filter({ hasText: created })
    await line.getByRole('button', { name: 'Edit' }).click()
    const soon = new Date(Date.now() + 3 * 3_600_000)
    const local = new Date(soon.getTime() - soon.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
    await page.locator('dialog[open]').getByLabel('Works until').fill(local)
    await page.locator('dialog[open]').getByRole('button', { name: 'Save' }).click()
    await page.locator('dialog[open]').waitFor({ state: 'detached' })
    await line.getByRole('button', { name: 'Rotate' }).click()
    const sooner = page.locator('dialog[open]').getByRole('status')
    expect(await sooner.innerText()).toBe('It was set to end sooner than that, and does: in 3 h.')
    await page.locator('dialog[open] select').selectOption('3600')
    await sooner.waitFor({ state: 'detached' })
    await page.locator('dialog[open]').getByRole('button', { name: 'Cancel' }).click()

    const rotate = async (key: string, grace: string): Promise<void> => {
      await keys.filter({ hasText: key }).getByRole('button', { name: 'Rotate' }).click()
      await page.locator('dialog[open] select').selectOption(grace)
      await page.locator('dialog[open]').getByRole('button', { name: 'Rotate' }).click()
    }
    await rotate(created, '0')
    await expect.poll(() => trySending(created)).toBe(403)
    await expect.poll(() => keys.count()).toBe(3)
    await rotate(server.project.publicKey, '3600')
    await expect.poll(() => keys.count()).toBe(4)
    // Another key is there already.
    const replaced = keys.filter({ hasText: server.project.publicKey })
    await expect.poll(() => replaced.getByRole('button', { name: 'Rotate' }).isDisabled()).toBe(true)
    expect(await trySending(server.project.publicKey)).toBe(200)
    // The button that had the focus can have it no more: the keyboard goes on in the list, not at the page's top.
    await expect.poll(() => page.evaluate(() => document.activeElement?.textContent)).toBe('Client keys')

    await keys.filter({ hasText: server.project.publicKey }).getByRole('button', { name: 'Delete' }).click()
    await page.locator('dialog[open]').getByRole('button', { name: 'Delete' }).click()
    await expect.poll(() => trySending(server.project.publicKey)).toBe(403)
    await expect.poll(() => keys.filter({ hasText: server.project.publicKey }).count()).toBe(0)
    await close()
  })

  it('change a key, and take one along from elsewhere', async () => {
    const { server } = dashboard
    await server.seed.project('acme/keys').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/keys/settings')
    await page.getByRole('button', { name: 'Edit' }).click()
    const dialog = page.locator('dialog[open]')
    await dialog.getByLabel('Name').fill('Till')
    await dialog.getByLabel('Allowed origins').fill('*.example.com')
    await dialog.getByLabel('Events a minute').fill('500')
    await dialog.getByRole('button', { name: 'Save' }).click()
    const line = page.locator('li').filter({ hasText: 'Till' })
    await line.getByText('at most 500 events a minute').waitFor()
    await line.getByText('*.example.com only').waitFor()

    await page.getByRole('button', { name: 'Bring a key' }).click()
    const dsn = 'https://glet_aa77551d849c083f76d0bc545ed053a3@gitlab.example.com/errortracking/api/v1/projects/5'
    await dialog.getByLabel('Key, or the whole DSN').fill(dsn)
    await dialog.getByRole('button', { name: 'Add key' }).click()
    await page.locator('li code', { hasText: /^glet_aa77551d849c083f76d0bc545ed053a3$/ }).waitFor()
    await close()
  })

  it('turn tracking off and on', async () => {
    const { server } = dashboard
    const project = await server.seed.project('acme/switch').withClientKey()
    const { page, close } = await dashboard.openSignedIn('/acme/switch/settings')
    const send = async () => (await server.sendEnvelope(makeEnvelope(makeEvent()), {}, project)).status
    await page.getByRole('checkbox', { name: 'Active' }).uncheck()
    await expect.poll(send).toBe(403)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect.poll(send).toBe(200)
    await expect.poll(() => page.getByRole('checkbox', { name: 'Active' }).isChecked()).toBe(true)
    await page.locator('dd', { hasText: 'Integrated' }).waitFor()

    // Only GitLab's API can say so.
    await server.database.prisma.project.update({ where: { id: project.number }, data: { backend: 'SENTRY' } })
    await page.reload()
    await page.locator('dd').getByText('what applications send is refused').waitFor()
    await page.getByRole('button', { name: 'Use the integrated backend' }).click()
    await page.locator('dd', { hasText: 'Integrated' }).waitFor()
    await expect.poll(send).toBe(200)
    await close()
  })
})
