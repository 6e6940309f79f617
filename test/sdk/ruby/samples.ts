import type { Sample } from '../sample.ts'

const files = { 'story.rb': 'ruby/story.rb' }

function makeSample(version: string, more: Sample['cases']): Sample {
  return {
    sdk: 'sentry-ruby',
    version,
    cases: [...(['exception', 'message', 'transaction', 'clientreport'] as const), ...more],
    files,
    needs: [
      ['ruby', '--version'],
      ['gem', '--version'],
    ],
    fetch: [['gem', 'install', '--no-document', '--install-dir', 'gems', `sentry-ruby:${version}`]],
    run: ['env', 'GEM_PATH=gems', 'ruby', 'story.rb', '{dsn}', '{case}'],
  }
}

export const rubySamples: Sample[] = [
  {
    // Debian's own package.
    sdk: 'sentry-ruby',
    version: '5.3.0',
    cases: ['exception', 'message', 'transaction'],
    files,
    needs: [['ruby', '-e', 'require "sentry-ruby"; abort unless Sentry::VERSION == "5.3.0"; puts RUBY_DESCRIPTION']],
    run: ['ruby', 'story.rb', '{dsn}', '{case}'],
  },
  makeSample('5.9.0', []),
  makeSample('6.6.2', ['attachment', 'checkin', 'logs']),
]
