import { expect, it } from 'vitest'
import { makeEvent } from '../support/make-event.ts'
import { useDashboard } from '../support/open-dashboard.ts'

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
