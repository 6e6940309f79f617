import type { Sample } from '../sample.ts'

function makeSample(version: string, since: 'oldest' | 'newest', more: Sample['cases']): Sample {
  return {
    sdk: 'sentry-rust',
    version,
    cases: [...(['exception', 'message', 'transaction', 'attachment', 'session'] as const), ...more],
    needs: [
      ['cargo', '--version'],
      // Of the SDK's own transport.
      ['pkg-config', '--modversion', 'openssl'],
    ],
    files: {
      'Cargo.toml': `rust/sentry-${version}/Cargo.toml`,
      'src/main.rs': 'rust/main.rs',
      'src/since.rs': `rust/${since}/since.rs`,
    },
    // Without a lock file, which would name a registry: what it depends on may change under it, and is no fault of ours.
    fetch: [
      ['cargo', 'fetch', '-q'],
      ['cargo', 'build', '-q', '--offline', '-p', 'sentry'],
    ],
    build: [['cargo', 'build', '-q', '--offline']],
    run: ['target/debug/shop', '{dsn}', '{case}'],
  }
}

export const rustSamples: Sample[] = [
  makeSample('0.31.0', 'oldest', []),
  makeSample('0.49.5', 'newest', ['checkin', 'clientreport', 'logs']),
]
