import { describe, expect, it } from 'vitest'
import { listSdkSnippets } from '#lib/domain/sdk-snippets.ts'

const DSN = 'http://0123456789abcdef0123456789abcdef@localhost:4000/1'
const snippets = listSdkSnippets(DSN)

describe('the snippets for a first event', () => {
  it('are there for every platform that was promised', () => {
    expect(snippets.map(({ name }) => name).toSorted()).toEqual([
      'Browser',
      'Go',
      'Java',
      'Node.js',
      'PHP',
      'Python',
      'Ruby',
      'Rust',
    ])
  })

  it.each(snippets.map((snippet) => [snippet.name, snippet] as const))('%s holds the DSN, once', (_name, snippet) => {
    expect(snippet.configure.split(DSN)).toHaveLength(2)
    expect(snippet.install).not.toBe('')
    expect(snippet.test).toContain('Hello, Faultline')
  })
})
