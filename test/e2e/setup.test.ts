import { describe, expect, it } from 'vitest'
import { useDashboard } from '../support/open-dashboard.ts'

const dashboard = useDashboard(() => {
  const nobody = { FAULTLINE_OWNER_EMAIL: '', FAULTLINE_OWNER_PASSWORD: '', FAULTLINE_OWNER_TOKEN: '' }
  return Promise.resolve({ variables: nobody })
})

describe('the one-time link of a new installation', () => {
  it('makes the owner’s account, signs in, and is asked of no server', async () => {
    const link = dashboard.server.log.lines.map(({ setupLink }) => setupLink).find((each) => typeof each === 'string')
    const { page, close } = await dashboard.openPage()
    const asked: string[] = []
    page.on('request', (request) => asked.push(request.url(), JSON.stringify(request.headers())))
    await page.goto(String(link))
    await page.locator('input[type=email]').fill('ada@example.com')
    await page.locator('input[type=password]').fill('correct horse battery')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'shop' }).first().waitFor()
    const { users } = await asOwner(page, '{ users { nodes { email isOwner } } }')
    expect(users.nodes).toEqual([{ email: 'ada@example.com', isOwner: true }])
    expect(asked.length).toBeGreaterThan(5)
    expect(asked.filter((text) => text.includes(String(link).split('#')[1] ?? ''))).toEqual([])
    await close()
  })

  it('without what stands behind the # says where to find it', async () => {
    const { page, close } = await dashboard.openPage()
    await page.goto('/-/setup')
    await page.getByRole('link', { name: 'Sign in' }).waitFor()
    await close()
  })
})

async function asOwner(page: Awaited<ReturnType<typeof dashboard.openPage>>['page'], query: string) {
  return page.evaluate(async (text) => {
    const headers = { 'content-type': 'application/json' }
    const answer = await fetch('/graphql', { method: 'POST', headers, body: JSON.stringify({ query: text }) })
    return ((await answer.json()) as { data: { users: { nodes: object[] } } }).data
  }, query)
}
