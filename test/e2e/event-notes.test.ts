import { expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'
import { until } from '../support/until.ts'

const dashboard = useDashboard()

it('the page of an event says what was hidden and cut, by which rule, and what could not be read', async () => {
  const { server } = dashboard
  await server.database.prisma.project.update({
    where: { id: 1 },
    data: { settings: { scrubbing: { sensitiveFields: ['iban'] } } },
  })
  const event = makeEvent({
    extra: { password: 'hunter2', iban: 'DE02' },
    logger: 'x'.repeat(100),
    environment: 'a/b',
    tags: { card: '4242 4242 4242 4242' },
  })
  await server.sendEvent(event)
  const { page, close } = await dashboard.openSignedIn('/acme/shop/issues/SHOP-1')
  const notes = page.getByRole('table', { name: 'Notes on what was sent' })
  const row = (name: string) => notes.getByRole('row', { name })
  await row('extra.password').waitFor()
  expect(await row('extra.password').innerText()).toContain('Hidden: its name says that it is a secret')
  expect(await row('extra.iban').innerText()).toContain('one of this project’s sensitive fields')
  expect(await row('tags.card').innerText()).toContain('the number of a payment card')
  expect(await row('environment').first().innerText()).toContain('It was "a/b"')
  await close()
})

it('marks each value that was hidden, removed or cut where it stands, with its rule', async () => {
  const { server } = dashboard
  await server.database.prisma.project.update({
    where: { id: 1 },
    data: { settings: { scrubbing: { removesAddresses: true } } },
  })
  const frame = (name: string) => ({
    function: name,
    filename: 'pay.py',
    lineno: 3,
    context_line: 'pay()',
    in_app: true,
  })
  const event = makeEvent({
    exception: {
      values: [
        { type: 'Cause', value: 'first', stacktrace: { frames: [frame('inner')] } },
        {
          type: 'PaymentFailed',
          value: 'y'.repeat(9_000),
          stacktrace: { frames: [{ ...frame('main'), vars: { api_key: 'k', amount: 3 } }, frame('pay')] },
        },
      ],
    },
    request: { url: 'https://shop.example/pay', headers: { 'X-Api-Key': 'abc', Accept: 'text/html' } },
    breadcrumbs: { values: [{ message: 'login', data: { password: 'x', form: 'login' } }] },
    extra: { config: { nested: { secret: 'x' } } },
    user: { id: '7', ip_address: '203.0.113.9' },
    tags: { card: '4242 4242 4242 4242' },
  })
  await server.sendEvent(event)
  await until(async () => (await server.database.prisma.issue.count()) === 2, { what: 'the second issue' })
  const { page, close } = await dashboard.openSignedIn('/acme/shop/issues/SHOP-2')
  const markIn = (region: string, row: string) =>
    page.getByRole('table', { name: region }).getByRole('row', { name: row }).locator('.mark')
  const titleOf = (region: string, row: string) => markIn(region, row).first().getAttribute('title')

  await page.getByRole('heading', { name: 'PaymentFailed' }).last().waitFor()
  expect(await page.locator('p.value + .mark').getAttribute('title')).toMatch(/^Cut from 9,000 to 8,\d+ characters$/)
  expect(await titleOf('Headers', 'X-Api-Key')).toBe('Hidden: its name says that it is a secret')
  expect(await markIn('Headers', 'Accept').count()).toBe(0)
  expect(await titleOf('Extra', 'config')).toBe('nested.secret: Hidden: its name says that it is a secret')
  expect(await titleOf('User', 'IP address')).toBe('Removed: this project keeps no IP addresses')
  expect(await page.locator('.datum', { hasText: 'password' }).locator('.mark').innerText()).toContain('hidden')
  expect(await page.locator('dd', { hasText: '[Filtered]' }).locator('.mark').getAttribute('title')).toContain('card')
  const main = page.getByRole('button', { name: 'main' })
  if ((await main.getAttribute('aria-expanded')) !== 'true') await main.click()
  expect(await titleOf('Variables', 'api_key')).toBe('Hidden: its name says that it is a secret')
  expect(await markIn('Variables', 'amount').count()).toBe(0)
  await page.setViewportSize({ width: 390, height: 844 })
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390)
  await close()
})
