import type { Sample } from '../sample.ts'

const needs = [['go', 'version']] as const
const fetch = [['go', 'mod', 'download']] as const
const run = ['./story', '{dsn}', '{case}'] as const

export const goSamples: Sample[] = [
  {
    sdk: 'sentry-go',
    version: '0.20.0',
    cases: ['exception', 'message', 'transaction'],
    ...{ needs, fetch, run },
    files: {
      'go.mod': 'go/sentry-go-0.20.0/go.mod',
      'go.sum': 'go/sentry-go-0.20.0/go.sum',
      'story.go': 'go/story.go',
      'since.go': 'go/oldest.go',
    },
    build: [['go', 'build', '-tags', 'old', '-o', 'story', '.']],
  },
  {
    sdk: 'sentry-go',
    version: '0.50.0',
    cases: ['exception', 'message', 'transaction', 'attachment', 'checkin', 'clientreport', 'logs'],
    ...{ needs, fetch, run },
    files: {
      'go.mod': 'go/sentry-go-0.50.0/go.mod',
      'go.sum': 'go/sentry-go-0.50.0/go.sum',
      'story.go': 'go/story.go',
      'since.go': 'go/newest.go',
    },
    build: [['go', 'build', '-o', 'story', '.']],
  },
  {
    // As GitLab Runner has it: an old protocol, and a DSN with a secret.
    sdk: 'raven-go',
    version: '0.2.0',
    cases: ['exception', 'message'],
    lacks: ['breadcrumbs', 'cause'],
    secret: 'fedcba9876543210fedcba9876543210',
    ...{ needs, fetch, run },
    files: {
      'go.mod': 'go/raven-go-0.2.0/go.mod',
      'go.sum': 'go/raven-go-0.2.0/go.sum',
      'story.go': 'go/raven-go-0.2.0/story.go',
    },
    build: [['go', 'build', '-o', 'story', '.']],
  },
]
