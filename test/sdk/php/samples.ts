import type { Sample } from '../sample.ts'

function makeSample(version: string, more: Sample['cases']): Sample {
  return {
    sdk: 'sentry-php',
    version,
    cases: [...(['exception', 'message', 'transaction', 'checkin'] as const), ...more],
    needs: [
      ['php', '--version'],
      ['composer', '--version'],
    ],
    files: { 'composer.json': `php/sentry-${version}/composer.json`, 'story.php': 'php/story.php' },
    fetch: [['composer', 'install', '--quiet', '--no-interaction']],
    run: ['php', 'story.php', '{dsn}', '{case}'],
  }
}

export const phpSamples: Sample[] = [makeSample('3.18.0', []), makeSample('4.29.0', ['logs'])]
