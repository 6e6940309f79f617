// Posts events to a DSN, as SDKs do: one envelope a request. What the server says is counted, never thrown: a show that
// ends because the server was restarted would be a poor one.

import type { DemoEvent } from './build-event.ts'

export interface Dsn {
  envelopeUrl: string
  publicKey: string
}

const ANSWER_WITHIN_MS = 10_000

/** @throws Error with a sentence for people. */
export function parseDsn(text: string): Dsn {
  const url = URL.parse(text)
  const [, prefix = '', project] = /^(.*)\/(\d+)$/.exec(url?.pathname ?? '') ?? []
  if (url === null || !/^https?:$/.test(url.protocol) || url.username === '' || project === undefined) {
    throw new Error(`"${text}" is not a DSN: one looks like http://<key>@localhost:4000/1`)
  }
  return { envelopeUrl: `${url.protocol}//${url.host}${prefix}/api/${project}/envelope/`, publicKey: url.username }
}

/** @returns the status, or the reason why there was none. */
export async function sendEvent(dsn: Dsn, event: DemoEvent): Promise<number | string> {
  const sdk = event.sdk as { name: string; version: string }
  const header = JSON.stringify({ event_id: event.event_id, sent_at: new Date().toISOString(), sdk })
  try {
    const response = await fetch(dsn.envelopeUrl, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-sentry-envelope',
        'User-Agent': `${sdk.name}/${sdk.version}`,
        'X-Sentry-Auth': `Sentry sentry_version=7, sentry_client=${sdk.name}/${sdk.version}, sentry_key=${dsn.publicKey}`,
      },
      body: `${header}\n{"type":"event"}\n${JSON.stringify(event)}\n`,
      signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
    })
    await response.arrayBuffer()
    return response.status
  } catch (error) {
    const { cause, message } = error as Error & { cause?: { code?: string } }
    return cause?.code ?? message
  }
}
