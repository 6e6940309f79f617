import type { Sample } from '../sample.ts'

const CASES = ['exception', 'message', 'transaction', 'attachment', 'session', 'feedback', 'clientreport'] as const

function makeSample(version: string, since: 'oldest' | 'newest', more: Sample['cases']): Sample {
  return {
    sdk: 'sentry-java',
    version,
    cases: [...CASES, ...more],
    needs: [
      ['javac', '-version'],
      ['mvn', '--version'],
    ],
    files: { 'pom.xml': 'java/pom.xml', 'Story.java': 'java/Story.java', 'Since.java': `java/${since}/Since.java` },
    fetch: [
      ['mvn', '-q', '-B', 'dependency:copy-dependencies', `-Dsentry.version=${version}`, '-DoutputDirectory=lib'],
    ],
    build: [['javac', '-encoding', 'UTF-8', '-cp', 'lib/*', '-d', 'classes', 'Story.java', 'Since.java']],
    run: ['java', '-Dfile.encoding=UTF-8', '-cp', 'lib/*:classes', 'Story', '{dsn}', '{case}'],
  }
}

export const javaSamples: Sample[] = [
  makeSample('6.18.1', 'oldest', []),
  makeSample('8.63.0', 'newest', ['checkin', 'logs']),
]
