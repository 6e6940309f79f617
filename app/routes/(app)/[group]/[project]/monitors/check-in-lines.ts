// Lines to send a check-in with, made of a project's DSN.

const MONITOR = 'nightly-export'
const SCHEDULE = '0 3 * * *'

export interface CheckInLine {
  id: 'make' | 'crontab' | 'cli'
  code: string
}

/** @param dsn `https://<key>@<host>/<project>`: what the API gave, which holds no quotes. */
export function listCheckInLines(dsn: string): CheckInLine[] {
  const url = new URL(dsn)
  const [, prefix = '', project = ''] = /^(.*)\/([^/]+)$/.exec(url.pathname) ?? []
  const address = `${url.protocol}//${url.host}${prefix}/api/${project}/cron/${MONITOR}/${url.username}/`
  const config = { status: 'ok', monitor_config: { schedule: { type: 'crontab', value: SCHEDULE }, checkin_margin: 5 } }
  return [
    {
      id: 'make',
      code: `curl '${address}' \\\n  -H 'Content-Type: application/json' \\\n  -d '${JSON.stringify(config)}'`,
    },
    {
      id: 'crontab',
      code: `${SCHEDULE} ./export.sh && curl -s '${address}?status=ok' || curl -s '${address}?status=error'`,
    },
    {
      id: 'cli',
      code: `SENTRY_DSN='${dsn}' \\\n  sentry-cli monitors run --schedule '${SCHEDULE}' ${MONITOR} -- ./export.sh`,
    },
  ]
}
