// What the operator sees when everything is up: the URL, and until somebody owns this installation all that it takes to
// begin. On a terminal as text that can be copied, elsewhere as one log line.

import type { Logger } from '../log.ts'

export interface Announcement {
  url: string
  /** Creates the owner's account; null once there is one. */
  setupLink: string | null
  /** Of the first project; null when it has no key any more. */
  dsn: string | null
}

export function announce({ url, setupLink, dsn }: Announcement, log: Logger): void {
  if (setupLink === null) {
    log.info({ url }, `Faultline is ready on ${url}`)
    return
  }
  const test = dsn === null ? null : describeTest(url, dsn)
  if (!process.stdout.isTTY) {
    log.info({ url, setupLink, dsn, test }, `Faultline is ready on ${url}; create the owner's account at ${setupLink}`)
    return
  }
  const lines = [
    '',
    `  Faultline is ready on ${url}`,
    '',
    "  Create the owner's account with this link, which works once:",
    `    ${setupLink}`,
    '',
    ...(dsn === null || test === null
      ? []
      : [
          '  The DSN of a first project, for any Sentry SDK:',
          `    ${dsn}`,
          '',
          '  Send a test error:',
          `    ${test}`,
          '',
        ]),
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
}

/** One line for a shell. */
function describeTest(url: string, dsn: string): string {
  const { username: key, pathname } = new URL(dsn)
  const event = `{"platform":"other","exception":{"values":[{"type":"TestError","value":"Hello from the terminal"}]}}`
  return `curl '${url}/api${pathname}/store/?sentry_key=${key}' -d '${event}'`
}
