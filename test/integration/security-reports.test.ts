// Reports that browsers send by themselves, in every form, become events whose titles tell what was blocked.

import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createTestServer, type SeededProject, type TestServer } from '../support/create-test-server.ts'
import { until } from '../support/until.ts'

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

function post(path: string, body: unknown, contentType: string, project: SeededProject): Promise<Response> {
  const join = path.includes('?') ? '&' : '?'
  return fetch(`${server.url}/api/${project.number}/${path}${join}sentry_key=${project.publicKey}`, {
    method: 'POST',
    headers: {
      'Content-Type': contentType,
      'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  })
}

interface Node {
  title: string
  culprit: string
  eventCount: number
  latestEvent: {
    release: string | null
    environment: string | null
    tags: { key: string; value: string }[]
    request: { url: string | null; headers: { name: string; value: string }[] } | null
    contexts: Record<string, Record<string, unknown>>
    user: { ipAddress: string | null } | null
  }
}

async function listIssues(project: SeededProject): Promise<Node[]> {
  const { project: found } = await server.gql<{ project: { issues: { nodes: Node[] } } }>(
    `query ($path: String!) { project(path: $path) { issues(first: 100, sort: FIRST_SEEN, direction: ASC) { nodes {
       title culprit eventCount
       latestEvent { release environment tags { key value } request { url headers { name value } } contexts user { ipAddress } }
     } } } }`,
    { path: project.path },
  )
  return found.issues.nodes
}

const CSP = {
  'document-uri': 'https://shop.example/cart',
  referrer: 'https://search.example/',
  'violated-directive': 'img-src https://cdn.shop.example https://shop.example',
  'effective-directive': 'img-src',
  'original-policy': "default-src 'self'; img-src https://cdn.shop.example",
  'blocked-uri': 'https://tracker.example:8443/pixel.gif',
  'status-code': 200,
}

describe('a CSP report', () => {
  it('is an event that says what was blocked, from where and on which page', async () => {
    const project = await server.seed.project().withClientKey()
    const path = 'security/?sentry_release=shop@1.4&sentry_environment=production'
    const answer = await post(path, { 'csp-report': CSP }, 'application/csp-report', project)
    expect([answer.status, await answer.text()]).toEqual([200, ''])
    expect(answer.headers.get('access-control-allow-origin')).toBe('*')
    const [issue] = await listIssues(project)
    expect(issue).toMatchObject({
      title: "Blocked 'image' from 'tracker.example:8443'",
      culprit: "img-src cdn.shop.example 'self'",
      latestEvent: {
        release: 'shop@1.4',
        environment: 'production',
        request: { url: 'https://shop.example/cart' },
        contexts: { csp: { 'blocked-uri': 'https://tracker.example:8443/pixel.gif' } },
        user: { ipAddress: '127.0.0.1' },
      },
    })
    const tags = Object.fromEntries(issue!.latestEvent.tags.map(({ key, value }) => [key, value]))
    expect(tags).toMatchObject({
      logger: 'csp',
      'effective-directive': 'img-src',
      'blocked-uri': 'tracker.example:8443',
      'browser.name': 'Firefox',
    })
    expect(issue!.latestEvent.request!.headers).toContainEqual({ name: 'Referer', value: 'https://search.example/' })
  })

  it('is one issue by directive and host, whatever the page and the file', async () => {
    const project = await server.seed.project().withClientKey()
    const variants = [
      CSP,
      { ...CSP, 'document-uri': 'https://shop.example/pay', 'blocked-uri': 'https://tracker.example:8443/other.gif' },
      { ...CSP, 'blocked-uri': 'https://elsewhere.example/pixel.gif' },
    ]
    for (const variant of variants) await post('csp-report/', { 'csp-report': variant }, 'application/json', project)
    expect((await listIssues(project)).map(({ title, eventCount }) => [title, eventCount])).toEqual([
      ["Blocked 'image' from 'tracker.example:8443'", 2],
      ["Blocked 'image' from 'elsewhere.example'", 1],
    ])
  })

  it.each([
    [{ 'effective-directive': 'style-src', 'blocked-uri': 'inline' }, "Blocked inline 'style'"],
    [{ 'effective-directive': 'img-src', 'blocked-uri': 'self' }, "Blocked inline 'image'"],
    [{ 'effective-directive': 'style-src', 'blocked-uri': '' }, "Blocked inline 'style'"],
    [{ 'effective-directive': 'style-src-elem', 'blocked-uri': '' }, "Blocked 'style' or 'link' element"],
    [{ 'effective-directive': 'style-src-attr', 'blocked-uri': 'inline' }, 'Blocked style attribute'],
    [{ 'effective-directive': 'script-src-elem', 'blocked-uri': 'inline' }, "Blocked unsafe 'script' element"],
    [{ 'effective-directive': 'script-src-attr', 'blocked-uri': 'inline' }, 'Blocked inline script attribute'],
    [{ 'violated-directive': 'script-src', 'blocked-uri': 'self' }, "Blocked unsafe (eval() or inline) 'script'"],
    [{ 'violated-directive': "script-src 'unsafe-inline'", 'blocked-uri': '' }, "Blocked unsafe inline 'script'"],
    [{ 'violated-directive': "script-src 'unsafe-eval'", 'blocked-uri': 'eval' }, "Blocked unsafe eval() 'script'"],
    [
      { 'effective-directive': 'script-src-elem', 'blocked-uri': 'https://evil.example/x.js' },
      "Blocked 'script' from 'evil.example'",
    ],
    [{ 'effective-directive': 'font-src', 'blocked-uri': 'data' }, "Blocked 'font' from 'data:'"],
    [
      { 'effective-directive': 'connect-src', 'blocked-uri': 'wss://chat.example/socket' },
      "Blocked 'connect' from 'wss:'",
    ],
    [
      { 'effective-directive': 'form-action', 'blocked-uri': 'https://pay.example/' },
      "Blocked 'form' action to 'pay.example'",
    ],
  ])('%j is called %s', async (report, title) => {
    const project = await server.seed.project().withClientKey()
    const body = { 'csp-report': { 'document-uri': 'https://shop.example/', ...report } }
    expect((await post('security/', body, 'application/csp-report', project)).status).toBe(200)
    expect((await listIssues(project)).map((issue) => issue.title)).toEqual([title])
  })
})

describe('the Reporting API', () => {
  it('sends many at once, of which those that are known become events and the others are counted', async () => {
    const project = await server.seed.project().withClientKey()
    const reports = [
      {
        type: 'csp-violation',
        age: 10,
        url: 'https://shop.example/cart',
        user_agent: 'Mozilla/5.0 Chrome/140',
        body: {
          documentURL: 'https://shop.example/cart',
          blockedURL: 'https://ads.example/x.js',
          effectiveDirective: 'script-src-elem',
          disposition: 'enforce',
          sample: '',
        },
      },
      { type: 'deprecation', age: 1, url: 'https://shop.example/', body: { id: 'old' } },
      {
        type: 'network-error',
        age: 29,
        url: 'https://api.shop.example/pay',
        body: {
          phase: 'connection',
          type: 'tcp.refused',
          method: 'POST',
          status_code: 0,
          referrer: 'https://shop.example/',
        },
      },
    ]
    expect((await post('security/', reports, 'application/reports+json', project)).status).toBe(200)
    expect((await listIssues(project)).map((issue) => issue.title).sort()).toEqual([
      "Blocked 'script' from 'ads.example'",
      "Network error 'tcp.refused' at 'api.shop.example'",
    ])
    await until(async () => {
      const { rows } = await server.database.pool.query(
        `SELECT category FROM outcome WHERE project_id = $1 AND outcome = 'unsupported'`,
        [project.number],
      )
      return rows.length === 1 && (rows[0] as { category: string }).category === 'report_deprecation'
    })
  })
})

it.each([
  ['Expect-CT', { 'expect-ct-report': { hostname: 'www.example', port: 443 } }, "Expect-CT failed for 'www.example'"],
  ['Expect-Staple', { 'expect-staple-report': { hostname: 'www.example' } }, "Expect-Staple failed for 'www.example'"],
  [
    'HPKP',
    { hostname: 'www.example', port: 443, 'known-pins': [] },
    "Public key pinning validation failed for 'www.example'",
  ],
])('%s reports are events', async (_name, body, title) => {
  const project = await server.seed.project().withClientKey()
  expect((await post('security/', body, 'application/expect-ct-report+json', project)).status).toBe(200)
  expect((await listIssues(project)).map((issue) => issue.title)).toEqual([title])
})

it('takes reports as items of an envelope', async () => {
  const project = await server.seed.project().withClientKey()
  const envelope = `{}\n{"type":"raw_security","sentry_release":"1.0"}\n${JSON.stringify({ 'csp-report': CSP })}\n`
  expect((await server.sendEnvelope(envelope, {}, project)).status).toBe(200)
  expect(await listIssues(project)).toMatchObject([{ latestEvent: { release: '1.0' } }])
})

it('takes the event that another server has made of a report', async () => {
  const project = await server.seed.project().withClientKey()
  const event = { csp: { effective_directive: 'img-src', blocked_uri: 'https://evil.example/x.png' } }
  const envelope = `{}\n{"type":"security"}\n${JSON.stringify(event)}\n`
  expect((await server.sendEnvelope(envelope, {}, project)).status).toBe(200)
  expect(await listIssues(project)).toMatchObject([{ title: "Blocked 'image' from 'evil.example'" }])
})

describe('what is no report', () => {
  it.each([
    ['nothing', '', 400],
    ['no JSON', 'hello', 400],
    ['a wrong JSON', '{"csp-report":', 400],
    ['what breaks out of the wrapping', '1},"x":{', 400],
    ['a tree of 10,000 levels', '['.repeat(10_000) + ']'.repeat(10_000), 400],
    ['an object of something else', '{"hello":1}', 200],
    ['a list of numbers', '[1,2,3]', 200],
    ['a directive that CSP does not know', '{"csp-report":{"effective-directive":"x-src"}}', 200],
    ['no directive', '{"csp-report":{}}', 200],
  ])('%s is answered %s and makes no event', async (_name, body, status) => {
    const project = await server.seed.project().withClientKey()
    expect((await post('security/', body, 'application/json', project)).status).toBe(status)
    expect(await listIssues(project)).toEqual([])
    await until(async () => {
      const { rows } = await server.database.pool.query(
        `SELECT FROM outcome WHERE project_id = $1 AND outcome = 'dropped' AND reason = 'invalid'`,
        [project.number],
      )
      return rows.length > 0
    })
  })
})

describe('other ways in', () => {
  it('takes an event as the address of an image', async () => {
    const project = await server.seed.project().withClientKey()
    const data = Buffer.from(JSON.stringify({ message: 'from a pixel' })).toString('base64url')
    const answer = await fetch(
      `${server.url}/api/${project.number}/store/?sentry_key=${project.publicKey}&sentry_version=7&sentry_data=${data}`,
    )
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'image/gif'])
    expect(Buffer.from(await answer.arrayBuffer()).toString('latin1', 0, 6)).toBe('GIF89a')
    expect((await listIssues(project)).map((issue) => issue.title)).toEqual(['from a pixel'])
  })

  it.each(['integration/otlp/v1/traces', 'integration/otlp/v1/logs/', 'otlp/v1/traces', 'playstation/'])(
    'answers %s, which is not taken, and counts it',
    async (path) => {
      const project = await server.seed.project().withClientKey()
      expect((await post(path, 'x', 'application/x-protobuf', project)).status).toBe(200)
    },
  )

  it.each(['/errortracking/api/v1/projects', '/api/v4/error_tracking/collector'])(
    "serves each endpoint under GitLab's path %s",
    async (prefix) => {
      const project = await server.seed.project().withClientKey()
      const send = (path: string, body: string) =>
        fetch(`${server.url}${prefix}/api/${project.number}/${path}?sentry_key=${project.publicKey}`, {
          method: 'POST',
          body,
        })
      expect((await send('store/', '{"message":"a"}')).status).toBe(200)
      expect((await send('envelope', '{}\n{"type":"event"}\n{"message":"b"}')).status).toBe(200)
      expect((await send('security/', JSON.stringify({ 'csp-report': CSP }))).status).toBe(200)
      expect(await listIssues(project)).toHaveLength(3)
    },
  )
})
