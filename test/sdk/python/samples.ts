import type { Sample } from '../sample.ts'

function makeSample(version: string, more: Sample['cases']): Sample {
  return {
    sdk: 'sentry-python',
    version,
    cases: [
      ...(['exception', 'message', 'transaction', 'attachment', 'session', 'sessions'] as const),
      ...(['feedback', 'checkin', 'clientreport'] as const),
      ...more,
    ],
    needs: [['python3', '--version']],
    files: { 'story.py': 'python/story.py', 'requirements.txt': `python/requirements-${version}.txt` },
    fetch: [
      ['python3', '-m', 'venv', 'venv'],
      ['venv/bin/pip', 'install', '-q', '--disable-pip-version-check', '-r', 'requirements.txt'],
    ],
    run: ['venv/bin/python', 'story.py', '{dsn}', '{case}'],
  }
}

export const pythonSamples: Sample[] = [makeSample('1.21.0', []), makeSample('2.75.0', ['logs'])]
