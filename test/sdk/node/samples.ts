import { join } from 'node:path'
import type { Sample } from '../sample.ts'

/** Installed with the project, so that this one runs everywhere. */
const MODULES = join(import.meta.dirname, '../../../node_modules')

function makeSample(version: string, sdkPackage: string, more: Sample['cases']): Sample {
  return {
    sdk: 'sentry-node',
    version,
    cases: [...(['exception', 'message', 'transaction', 'attachment', 'session', 'sessions'] as const), ...more],
    needs: [],
    files: { 'story.cjs': 'node/story.cjs' },
    build: [['ln', '-sfn', MODULES, 'node_modules']],
    run: [process.execPath, '--preserve-symlinks', 'story.cjs', sdkPackage, '{dsn}', '{case}'],
  }
}

export const nodeSamples: Sample[] = [
  makeSample('7.38.0', 'sentry-node-7', []),
  makeSample('11.12.0', '@sentry/node', ['feedback', 'checkin', 'clientreport', 'logs']),
]
