// What users say, in each of its forms, and that it finds its issue whichever of the two comes first.

import { randomUUID } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { linkPendingFeedback } from '../../server/database/link-feedback.ts'
import { createTestServer, type TestServer } from '../support/create-test-server.ts'
import { makeEvent } from '../support/make-event.ts'
import { replayRecording, readRecording, sendRaw } from '../support/replay.ts'
import { until } from '../support/until.ts'

const makeId = () => randomUUID().replaceAll('-', '')

let server: TestServer
beforeAll(async () => {
  server = await createTestServer()
})
afterAll(() => server.stop())

interface Said {
  name: string | null
  email: string | null
  comments: string
  eventId: string | null
  url: string | null
}

async function readOfIssue(type: string): Promise<Said[]> {
  const { project } = await server.gql<{ project: { issues: { nodes: { feedback: { nodes: Said[] } }[] } } }>(
    `query ($query: String) { project(path: "acme/shop") { issues(query: $query, first: 1) { nodes {
       feedback { nodes { name email comments eventId url } } } } } }`,
    { query: type },
  )
  return project.issues.nodes[0]?.feedback.nodes ?? []
}

async function readOfProject(): Promise<(Said & { issue: { shortId: string } | null })[]> {
  const { project } = await server.gql<{
    project: { feedback: { nodes: (Said & { issue: { shortId: string } | null })[] } }
  }>(
    `{ project(path: "acme/shop") { feedback(first: 100) { nodes { name email comments eventId url issue { shortId } } } } }`,
  )
  return project.feedback.nodes
}

const sendItem = (type: string, payload: unknown, eventId: string | null = makeId()) =>
  server.sendEnvelope(
    `${JSON.stringify(eventId === null ? {} : { event_id: eventId })}\n{"type":"${type}"}\n${JSON.stringify(payload)}\n`,
  )
const makeFeedback = (about: string | null, message = 'The button does nothing') => ({
  type: 'feedback',
  contexts: { feedback: { message, name: 'Ada', contact_email: 'ada@example.com', associated_event_id: about } },
})

describe('feedback', () => {
  it('about an event that is there stands on its issue', async () => {
    const eventId = await server.sendEvent(makeEvent({ type: 'EventFirst' }))
    expect((await sendItem('feedback', makeFeedback(eventId))).status).toBe(200)
    expect(await readOfIssue('EventFirst')).toEqual([
      { name: 'Ada', email: 'ada@example.com', comments: 'The button does nothing', eventId, url: null },
    ])
  })

  it('that comes before its event is joined when that comes', async () => {
    const event = makeEvent({ type: 'FeedbackFirst' })
    await sendItem('user_report', { event_id: event.event_id, name: null, email: 'bob@example.com', comments: 'Early' })
    await server.sendEvent(event)
    await until(async () => (await readOfIssue('FeedbackFirst')).length === 1)
  })

  it('that waited in a process that ended is joined by the job', async () => {
    const event = makeEvent({ type: 'LeftBehind' })
    await server.sendEvent(event)
    await server.database.pool.query(
      `INSERT INTO feedback (project_id, id, event_id, comments, created_at) VALUES (1, $1, $2, 'waits', now())`,
      [makeId(), event.event_id],
    )
    expect(await readOfIssue('LeftBehind')).toEqual([])
    expect(await linkPendingFeedback(server.database.pool, Date.now())).toBe(1)
    expect((await readOfIssue('LeftBehind')).map(({ comments }) => comments)).toEqual(['waits'])
  })

  it('of an older SDK is one for each event: the last one counts', async () => {
    const eventId = await server.sendEvent(makeEvent({ type: 'SaidTwice' }))
    await sendItem('user_report', { event_id: eventId, name: 'Ada', email: 'a@example.com', comments: 'first' })
    await sendItem('user_report', { event_id: eventId, name: 'Ada', email: 'a@example.com', comments: 'second' })
    expect((await readOfIssue('SaidTwice')).map(({ comments }) => comments)).toEqual(['second'])
  })

  it('about no known event is found in the list of the project', async () => {
    await sendItem('feedback', makeFeedback(null, 'I like it'))
    const said = (await readOfProject()).find(({ comments }) => comments === 'I like it')
    expect(said).toMatchObject({ issue: null, eventId: null })
  })

  it('is cut to 4,096 characters, and loses secrets', async () => {
    await sendItem('feedback', makeFeedback(null, 'x'.repeat(5_000)))
    await sendItem('feedback', makeFeedback(null, 'my card is 4111 1111 1111 1111'))
    const texts = (await readOfProject()).map(({ comments }) => comments)
    expect(texts.find((text) => text.startsWith('xxx'))).toHaveLength(4_096)
    expect(texts.filter((text) => text.startsWith('my card'))).toEqual(['my card is [Filtered]'])
  })

  it('tells the page that it was written on without the secrets in its address', async () => {
    const said = makeFeedback(null, 'I cannot set a new password')
    const url = 'https://shop.example/reset?step=2&token=7f3a9c#new'
    await sendItem('feedback', { ...said, contexts: { feedback: { ...said.contexts.feedback, url } } })
    const [first] = await readOfProject()
    expect(first?.url).toBe('https://shop.example/reset?step=2&token=[Filtered]#new')
  })

  it('has the screenshot that came with it, which goes when its issue is deleted', async () => {
    const eventId = await server.sendEvent(makeEvent({ type: 'WithScreenshot' }))
    const items = [
      [{ type: 'feedback' }, makeFeedback(eventId)],
      [{ type: 'attachment', filename: 'screenshot.png', content_type: 'image/png' }, 'a picture'],
    ]
    const lines = [{ event_id: makeId() }, ...items.flat()]
    const body = lines.map((line) => (typeof line === 'string' ? line : JSON.stringify(line))).join('\n')
    expect((await server.sendEnvelope(body)).status).toBe(200)
    interface WithFiles {
      id: string
      feedback: {
        nodes: { attachments: { name: string; contentType: string; size: number; downloadPath: string }[] }[]
      }
    }
    const { project } = await server.gql<{ project: { issues: { nodes: WithFiles[] } } }>(
      `{ project(path: "acme/shop") { issues(query: "WithScreenshot") { nodes { id feedback(first: 100) { nodes {
         attachments { name contentType size downloadPath } } } } } } }`,
    )
    const [issue] = project.issues.nodes
    const [file] = issue?.feedback.nodes[0]?.attachments ?? []
    expect(file).toMatchObject({ name: 'screenshot.png', contentType: 'image/png', size: 9 })
    const download = () =>
      fetch(server.url + (file?.downloadPath ?? ''), { headers: { Authorization: `Bearer ${server.token}` } })
    expect(await (await download()).text()).toBe('a picture')

    await server.gql('mutation ($id: ID!) { deleteIssues(input: { issues: [$id] }) { deletedIds } }', { id: issue?.id })
    await until(async () => (await download()).status === 404)
  })

  it('goes through the list of the project page by page', async () => {
    interface FeedbackPage {
      nodes: { id: string }[]
      pageInfo: { hasNextPage: boolean; endCursor: string }
    }
    const ask = (after: string | null) =>
      server.gql<{ project: { feedback: FeedbackPage } }>(
        `query ($after: String) { project(path: "acme/shop") { feedback(first: 2, after: $after) {
           nodes { id } pageInfo { hasNextPage endCursor } } } }`,
        { after },
      )
    const seen: string[] = []
    for (let after: string | null = null; ;) {
      const { feedback }: { feedback: FeedbackPage } = (await ask(after)).project
      seen.push(...feedback.nodes.map(({ id }) => id))
      if (!feedback.pageInfo.hasNextPage) break
      after = feedback.pageInfo.endCursor
    }
    expect(new Set(seen).size).toBe(seen.length)
    expect(seen).toHaveLength((await readOfProject()).length)
  })

  it.each([
    ['a feedback without a message', 'feedback', { contexts: { feedback: {} } }, 'feedback'],
    ['a feedback without its context', 'feedback', { type: 'feedback' }, 'feedback'],
    ['a feedback that is a list', 'feedback', [], 'feedback'],
    ['a user report without an event', 'user_report', { comments: 'x' }, 'user_report_v2'],
    ['an empty user report', 'user_report', { event_id: makeId(), name: '', comments: null }, 'user_report_v2'],
  ])('counts %s as invalid, and answers 200', async (_what, type, payload, category) => {
    const count = async () => {
      const { rows } = await server.database.pool.query<{ sum: string | null }>(
        `SELECT sum(quantity) FROM outcome WHERE outcome = 'dropped' AND reason = 'invalid' AND category = $1`,
        [category],
      )
      return Number(rows[0]?.sum ?? 0)
    }
    const before = await count()
    expect((await sendItem(type, payload, null)).status).toBe(200)
    await until(async () => (await count()) === before + 1)
  })

  it.each([
    'sentry-browser-11.12.0-feedback-02.http',
    'sentry-browser-11.12.0-userreport-02.http',
    'sentry-java-6.18.1-feedback-02.http',
    'sentry-java-8.62.0-feedback-02.http',
    'sentry-java-8.62.0-feedback-new-02.http',
    'sentry-node-11.12.0-feedback-01.http',
    'sentry-python-1.21.0-feedback-02.http',
    'sentry-python-2.75.0-feedback-02.http',
  ])('of the recording %s arrives with who and what', async (name) => {
    const before = (await readOfProject()).length
    expect((await replayRecording(name, server.url)).status).toBe(200)
    const said = await readOfProject()
    expect(said).toHaveLength(before + 1)
    expect(said[0]).toMatchObject({
      email: expect.stringMatching(/^(ada|alice)@example\.com$/) as string,
      eventId: expect.stringMatching(/^[0-9a-f]{32}$/) as string,
    })
    expect(said[0]?.comments).not.toBe('')
  })
})

describe('the report dialog', () => {
  const dialogUrl = (fields: Record<string, string>) =>
    `${server.url}/api/embed/error-page/?${new URLSearchParams(fields).toString()}`
  const filled = { name: 'Ada', email: 'ada@example.com', comments: 'It broke when I paid' }
  const submit = (url: string, fields: Record<string, string>) =>
    fetch(url, { method: 'POST', body: new URLSearchParams(fields), headers: { Origin: 'http://shop.example' } })

  it('is a script for any page, in which no text can be markup', async () => {
    const url = dialogUrl({ dsn: server.project.dsn, eventId: makeId(), title: '</script><script>alert(1)//' })
    const answer = await fetch(url, { headers: { Origin: 'http://shop.example' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('content-type')).toContain('text/javascript')
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://shop.example')
    const script = await answer.text()
    expect(script).not.toContain('<script')
    expect(() => new Function(script)).not.toThrow()
  })

  it.each(['sentry-browser-11.12.0-reportdialog-02.http', 'sentry-browser-7.38.0-reportdialog-02.http'])(
    'answers the recording %s',
    async (name) => {
      // The key is in the DSN, whose host was that of the recording.
      expect((await sendRaw(readRecording(name).bytes, server.url)).status).toBe(200)
    },
  )

  it('keeps what was written, under GitLab’s prefix too', async () => {
    const eventId = await server.sendEvent(makeEvent({ type: 'DialogError' }))
    const url = dialogUrl({ dsn: server.project.dsn, eventId })
    const answer = await submit(url.replace('/api/embed', '/errortracking/api/v1/projects/api/embed'), filled)
    expect({ status: answer.status, body: await answer.json() }).toEqual({ status: 200, body: {} })
    expect(await readOfIssue('DialogError')).toEqual([{ ...filled, eventId, url: null }])
  })

  it('answers a preflight', async () => {
    const answer = await fetch(dialogUrl({}), { method: 'OPTIONS', headers: { Origin: 'http://shop.example' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-methods')).toContain('POST')
  })

  it.each([
    ['name', { ...filled, name: ' ' }],
    ['email', { ...filled, email: 'ada' }],
    ['comments', { ...filled, comments: '' }],
  ])('refuses a form whose %s is missing or wrong', async (field, fields) => {
    const answer = await submit(dialogUrl({ dsn: server.project.dsn, eventId: makeId() }), fields)
    expect(answer.status).toBe(400)
    expect(await answer.json()).toEqual({ errors: { [field]: [expect.any(String)] } })
  })

  it('answers 400 without an event, and 404 to a DSN that may not send', async () => {
    const noEvent = await fetch(dialogUrl({ dsn: server.project.dsn, eventId: 'latest' }))
    expect({ status: noEvent.status, body: await noEvent.json() }).toEqual({
      status: 400,
      body: { eventId: 'Missing or invalid parameter.' },
    })
    for (const dsn of ['', 'nonsense', server.project.dsn.replace(server.project.publicKey, 'f'.repeat(32))]) {
      const answer = await fetch(dialogUrl({ dsn, eventId: makeId() }))
      expect(answer.status).toBe(404)
      expect(await answer.json()).toEqual({ dsn: expect.any(String) as string })
    }
  })
})

/** Of the owner; or of a project, with a role on it. */
async function makeToken(scopes: string[], { project, role }: { project?: string; role?: string } = {}) {
  const projectId = project === undefined ? undefined : await findProjectId(project)
  const { createAccessToken } = await server.gql<{ createAccessToken: { secret: string } }>(
    `mutation ($scopes: [String!]!, $project: ID, $role: Role) {
       createAccessToken(input: { name: "form", scopes: $scopes, project: $project, role: $role }) { secret } }`,
    { scopes, project: projectId, role },
  )
  return createAccessToken.secret
}

async function findProjectId(path: string): Promise<string> {
  const { project } = await server.gql<{ project: { id: string } }>(
    'query ($path: String!) { project(path: $path) { id } }',
    { path },
  )
  return project.id
}

describe("Sentry's web API for user feedback", () => {
  const filled = { name: 'Ada', email: 'ada@example.com', comments: 'It broke when I paid with token=abc' }
  const send = (body: unknown, { dsn = server.project.dsn, path = 'acme/shop', headers = {} } = {}) =>
    fetch(`${server.url}/api/0/projects/${path}/user-feedback/`, {
      method: 'POST',
      headers: { Authorization: `DSN ${dsn}`, 'Content-Type': 'application/json', ...headers },
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })

  it('takes what a form of the program sends, with its DSN', async () => {
    const eventId = await server.sendEvent(makeEvent({ type: 'OwnForm' }))
    const answer = await send({ event_id: eventId, ...filled }, { headers: { Origin: 'http://shop.example' } })
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe('http://shop.example')
    expect(await answer.json()).toMatchObject({
      ...{ id: expect.stringMatching(/^[0-9a-f]{32}$/) as string, eventID: eventId, ...filled },
      dateCreated: expect.stringMatching(/^\d{4}-.*Z$/) as string,
    })
    expect(await readOfIssue('OwnForm')).toEqual([{ ...filled, eventId, url: null }])
    const form = new URLSearchParams({ event_id: eventId, ...filled, comments: 'Again' }).toString()
    expect((await send(form, { headers: { 'Content-Type': 'application/x-www-form-urlencoded' } })).status).toBe(200)
    expect((await readOfIssue('OwnForm')).map(({ comments }) => comments)).toEqual(['Again'])
  })

  it('says what is wrong with it', async () => {
    const ask = async (body: unknown, options = {}) => {
      const answer = await send(body, options)
      return [answer.status, await answer.json()]
    }
    const whole = { event_id: makeId(), ...filled }
    const needed = expect.any(Array) as unknown
    const told = { detail: expect.any(String) as unknown }
    expect(await ask({ ...whole, event_id: 'latest' })).toEqual([400, { event_id: needed }])
    expect(await ask({ ...whole, email: 'ada', name: 5 })).toEqual([400, { name: needed, email: needed }])
    expect(await ask('{"event_id":')).toEqual([400, told])
    expect(await ask([whole])).toEqual([400, told])
    expect(await ask(whole, { headers: { Authorization: 'Basic YTpi' } })).toEqual([401, told])
    const unknown = server.project.dsn.replace(server.project.publicKey, 'f'.repeat(32))
    expect(await ask(whole, { dsn: unknown })).toEqual([401, told])
    expect(await ask(whole, { path: 'acme/nothing' })).toEqual([404, told])
    const other = await server.seed.project().withClientKey()
    expect(await ask(whole, { path: other.path })).toEqual([404, told])
    expect((await send('x'.repeat(70_000))).status).toBe(413)
  })

  it('takes it with a token that may change the project’s issues, scrubbed as the project wants', async () => {
    const eventId = await server.sendEvent(makeEvent({ type: 'TokenForm' }))
    const bearer = (token: string) => ({ headers: { Authorization: `Bearer ${token}` } })
    const whole = { event_id: eventId, ...filled, comments: 'Paid with 4111 1111 1111 1111' }
    expect((await send(whole, bearer(await makeToken(['event:write'])))).status).toBe(200)
    const [kept] = await readOfIssue('TokenForm')
    expect(kept).toMatchObject({ eventId, name: 'Ada' })
    expect(kept?.comments).not.toContain('4111')
    const withPrivateToken = { Authorization: '', 'PRIVATE-TOKEN': await makeToken(['api']) }
    expect((await send(whole, { headers: withPrivateToken })).status).toBe(200)

    const refused = async (options: object, body: object = whole) => (await send(body, options)).status
    const writer = bearer(await makeToken(['event:write']))
    expect(await refused(bearer(await makeToken(['event:read', 'read_api'])))).toBe(403)
    expect(await refused(bearer(`flt_${'x'.repeat(40)}`))).toBe(401)
    expect(await refused({ ...writer, path: 'acme/nothing' })).toBe(404)
    expect(await refused(writer, { ...whole, event_id: 'latest' })).toBe(400)
    expect(await refused(writer, { ...whole, comments: ' ' })).toBe(400)
    expect(await refused(bearer(await makeToken(['api'], { project: 'acme/shop', role: 'REPORTER' })))).toBe(403)
    const off = await server.seed.project().withClientKey()
    expect(
      await refused({
        ...bearer(await makeToken(['api'], { project: 'acme/shop', role: 'DEVELOPER' })),
        path: off.path,
      }),
    ).toBe(404)
    await server.database.prisma.project.update({ where: { id: off.number }, data: { trackingEnabled: false } })
    expect(await refused({ ...writer, path: off.path })).toBe(403)
  })

  it('answers a preflight, with and without the last slash', async () => {
    for (const slash of ['', '/']) {
      const url = `${server.url}/api/0/projects/acme/shop/user-feedback${slash}`
      const answer = await fetch(url, { method: 'OPTIONS', headers: { Origin: 'http://shop.example' } })
      expect(answer.status).toBe(200)
      expect(answer.headers.get('access-control-allow-headers')).toContain('authorization')
    }
  })
})
