// The flood, a process of its own: repeats of known issues over keep-alive connections, with events of issues that nobody has
// seen hidden between them at random. Keeps exact accounts of what was answered 200, by issue.
//
//   node test/bench/flood-load.ts '{"port":4000,"publicKey":"...","repeats":100000,"hidden":50,"firstHidden":300}'

import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { buildTemplates, type EnvelopeTemplate } from './envelope-templates.ts'

export interface FloodOptions {
  port: number
  publicKey: string
  /** Events of the issues 0 to 299. */
  repeats: number
  /** Events of as many issues of their own. */
  hidden: number
  /** The number of the first of these: each round has new ones. */
  firstHidden: number
}

export interface FloodResult {
  seconds: number
  refused: number
  /** The first of them, by the answer. */
  refusals: string[]
  /** Of each issue that had one answered 200: how many, and of which people. */
  issues: { number: number; answered: number; users: number[] }[]
}

export const KNOWN_ISSUES = 300
const USERS = 5_000
const CONNECTIONS = 64

function runFlood({ port, publicKey, repeats, hidden, firstHidden }: FloodOptions): Promise<FloodResult> {
  const templates = buildTemplates(firstHidden + hidden, publicKey)
  const answered = new Map<number, { count: number; users: Set<number> }>()
  const hiddenAt = new Set<number>()
  while (hiddenAt.size < hidden) hiddenAt.add(Math.floor(Math.random() * (repeats + hidden)))
  const startedAt = performance.now()
  let refused = 0
  const refusals: string[] = []
  let sent = 0
  let hiddenSent = 0
  let open = CONNECTIONS
  const finished = Promise.withResolvers<FloodResult>()

  function chooseIssue(): number {
    if (!hiddenAt.has(sent)) return Math.floor(Math.random() * KNOWN_ISSUES)
    hiddenSent += 1
    return firstHidden + hiddenSent - 1
  }

  function openConnection(): void {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true })
    let answer = ''
    let issue = 0
    let user = 0
    const send = (): void => {
      if (sent === repeats + hidden) return void socket.end()
      issue = chooseIssue()
      user = Math.floor(Math.random() * USERS)
      sent += 1
      socket.write(fill(templates[issue] as EnvelopeTemplate, user))
    }
    socket.on('connect', send)
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1')
      if (!answer.endsWith('}')) return
      if (answer.startsWith('HTTP/1.1 200')) note(issue, user)
      else {
        refused += 1
        if (refusals.length < 10) refusals.push(answer)
      }
      answer = ''
      send()
    })
    socket.on('error', () => (refused += 1))
    socket.on('close', () => {
      open -= 1
      if (open > 0) return
      const issues = [...answered].map(([number, { count, users }]) => ({ number, answered: count, users: [...users] }))
      finished.resolve({ seconds: (performance.now() - startedAt) / 1_000, refused, refusals, issues })
    })
  }

  function note(issue: number, user: number): void {
    const of = answered.get(issue)
    if (of === undefined) answered.set(issue, { count: 1, users: new Set([user]) })
    else {
      of.count += 1
      of.users.add(user)
    }
  }

  for (let index = 0; index < CONNECTIONS; index += 1) openConnection()
  return finished.promise
}

/** A copy, since the template is overwritten before the kernel has taken every byte of it. */
function fill({ request, eventIdAt, userAt }: EnvelopeTemplate, user: number): Buffer {
  const eventId = randomBytes(16).toString('hex')
  for (const at of eventIdAt) request.write(eventId, at, 'latin1')
  request.write(String(user).padStart(5, '0'), userAt, 'latin1')
  return Buffer.from(request)
}

const argument = process.argv[2]
if (argument !== undefined && process.argv[1]?.endsWith('flood-load.ts')) {
  const result = await runFlood(JSON.parse(argument) as FloodOptions)
  process.send?.(result, () => process.disconnect())
}
