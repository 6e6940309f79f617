// The arrows of the architecture: ways in -> domain <- ways out. Every import of ours is read and held against the list
// below, so that a new arrow is a decision somebody makes here, and not an accident.

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, extname, join, normalize, sep } from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = join(import.meta.dirname, '../..')

/** What a part of the server may import besides itself, the domain, errors.ts and log.ts. */
const ALLOWED: Record<string, readonly string[]> = {
  domain: [],
  ingest: ['database'],
  graphql: ['database', 'realtime', 'auth', 'mail', 'trackers', 'projects'],
  rest: ['database', 'auth', 'projects', 'http'],
  projects: ['database', 'auth'],
  trackers: ['database'],
  realtime: ['database'],
  auth: ['config', 'database', 'http', 'mail'],
  mail: ['config'],
  jobs: ['database'],
  database: [],
  http: ['metrics'],
  cli: ['config', 'database', 'auth', 'realtime'],
  setup: ['database'],
  metrics: [],
  log: [],
  config: ['database'],
  'first-start': ['config', 'database', 'auth'],
}

/** They put the parts together, so they may know all of them. */
const COMPOSERS = new Set(['app', 'main', 'ways-in'])

const IMPORT =
  /(?:^|\n)\s*(?:import|export)\b[^'"\n;]*?(?:\{[^}]*\}[^'"\n;]*?)?['"]([^'"\n]+)['"]|\bimport\(\s*['"]([^'"\n]+)['"]/g

function listFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .filter((file) => ['.ts', '.js', '.svelte'].includes(extname(file)) && !file.includes(`${sep}generated${sep}`))
}

function listImports(file: string): { target: string; typeOnly: boolean }[] {
  const source = readFileSync(join(ROOT, file), 'utf8')
  return [...source.matchAll(IMPORT)].flatMap((match) => {
    const name = match[1] ?? match[2] ?? ''
    const typeOnly = /^\s*(?:import|export) type\b/.test(match[0])
    if (name.startsWith('#lib/')) return [{ target: name.replace('#lib/', 'app/lib/'), typeOnly }]
    if (name.startsWith('.')) return [{ target: normalize(join(dirname(file), name)), typeOnly }]
    return []
  })
}

/** `server/ingest/batcher.ts` and `server/ingest/ingest.ts` are `ingest`; `server/app.ts` is `app`. */
function partOf(file: string): string {
  const second = file.split(sep)[1] ?? ''
  return second.slice(0, second.length - extname(second).length)
}

const serverFiles = listFiles('server')

describe('the arrows between the parts', () => {
  it('finds the imports it judges', () => {
    expect(serverFiles.length).toBeGreaterThan(10)
    expect(listImports('server/domain/tracker.ts')).toContainEqual({ target: 'server/domain/event.ts', typeOnly: true })
  })

  it('names every part of the server', () => {
    const parts = new Set(serverFiles.map(partOf))
    expect([...parts].filter((part) => !(part in ALLOWED) && !COMPOSERS.has(part) && part !== 'errors')).toEqual([])
  })

  it('lets the domain import nothing but the domain and errors.ts', () => {
    const wrong = serverFiles
      .filter((file) => partOf(file) === 'domain' || partOf(file) === 'errors')
      .flatMap((file) => listImports(file).map((entry) => ({ file, target: entry.target })))
      .filter(({ target }) => !['domain', 'errors'].includes(partOf(target)))
    expect(wrong).toEqual([])
  })

  it('lets a part import only the parts listed for it', () => {
    const wrong = serverFiles
      .filter((file) => !COMPOSERS.has(partOf(file)) && partOf(file) !== 'errors')
      .flatMap((file) => listImports(file).map((entry) => ({ file, ...entry })))
      .filter(({ file, target }) => {
        if (!target.startsWith(`server${sep}`)) return target !== 'package.json'
        const part = partOf(target)
        return part !== partOf(file) && !['domain', 'errors', 'log', ...(ALLOWED[partOf(file)] ?? [])].includes(part)
      })
    expect(wrong).toEqual([])
  })

  it('lists no arrow that nobody takes', () => {
    const taken = new Set(
      serverFiles.flatMap((file) => listImports(file).map(({ target }) => `${partOf(file)} -> ${partOf(target)}`)),
    )
    const listed = Object.entries(ALLOWED).flatMap(([part, parts]) => parts.map((each) => `${part} -> ${each}`))
    expect(listed.filter((arrow) => !taken.has(arrow))).toEqual([])
  })

  it('lets only server/config.ts read the environment', () => {
    const readers = serverFiles.filter((file) =>
      /\bprocess\s*(?:\?\.|\.)\s*env\b/.test(readFileSync(join(ROOT, file), 'utf8')),
    )
    expect(readers.filter((file) => file !== join('server', 'config.ts'))).toEqual([])
  })

  it('keeps the browser and the server apart', () => {
    const app = listFiles('app').flatMap((file) => listImports(file).map((entry) => ({ file, ...entry })))
    expect(app.filter(({ target, typeOnly }) => target.startsWith(`server${sep}`) && !typeOnly)).toEqual([])
    const server = serverFiles.flatMap((file) => listImports(file).map((entry) => ({ file, ...entry })))
    expect(server.filter(({ target }) => target.startsWith(`app${sep}`))).toEqual([])
  })

  it('keeps app/lib/ui ignorant of issues and projects', () => {
    const wrong = listFiles('app')
      .filter((file) => file.startsWith(join('app', 'lib', 'ui')))
      .flatMap((file) => listImports(file).map((entry) => ({ file, ...entry })))
      .filter(
        ({ target }) => target.startsWith(join('app', 'lib', 'domain')) || target.startsWith(join('app', 'routes')),
      )
    expect(wrong).toEqual([])
  })
})
