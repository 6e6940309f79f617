// Who sends what, for the people of a project: which SDK used which key last, and what was wrong with what was sent.

import type { IncomingMessage } from 'node:http'
import type { Pool } from 'pg'
import type { ClientErrorCode } from '../domain/client-error.ts'
import { createClientErrors } from './client-errors.ts'
import type { ClientKeyRecord, ClientKeys } from './client-keys.ts'
import { createClientSdks } from './client-sdks.ts'
import type { IngestError } from './ingest-error.ts'
import type { ItemContext } from './item-handler.ts'
import type { EnvelopeItem } from './parse-envelope.ts'
import { formatSdk, readSdk } from './read-sdk.ts'

export interface ClientWatchDependencies {
  pool: Pool
  keys: Pick<ClientKeys, 'markUsed'>
  clientAddress(request: IncomingMessage): string | null
  /** Milliseconds since the epoch. */
  clock(): number
}

/** What is known of who sent a refused request. */
interface RefusedSender {
  /** null where it came with none that may send. */
  key: ClientKeyRecord | null
  /** That of the key, or else of the URL. */
  projectId: number | null
  /** What it calls itself; else the User-Agent tells. */
  client: string | null
}

export interface ClientWatch {
  /** A request that was read. */
  noteUse(context: ItemContext, items: readonly EnvelopeItem[]): void
  /** An item that was dropped, though its request was taken. */
  noteBadItem(context: ItemContext, code: ClientErrorCode, message: string): void
  noteRefusal(request: IncomingMessage, refusal: IngestError, sender: RefusedSender): void
  /** Writes what waits. */
  stop(): Promise<void>
}

export function createClientWatch({ pool, keys, clientAddress, clock }: ClientWatchDependencies): ClientWatch {
  const errors = createClientErrors(pool, clock)
  const sdks = createClientSdks(pool)

  return {
    noteUse({ key, projectId, receivedAtMs, envelopeHeader, sdkFallback, clientIp }, items) {
      const sdk = readSdk(envelopeHeader, sdkFallback)
      const address = keepsAddresses(key) ? clientIp : null
      let events = 0
      for (const { type } of items) if (type === 'event' || type === 'raw_security' || type === 'security') events += 1
      keys.markUsed(key.id, { atMs: receivedAtMs, sdk: sdk && formatSdk(sdk), address, events })
      if (sdk !== null) sdks.note(projectId, sdk, events, receivedAtMs)
    },
    noteBadItem({ key, projectId, clientIp, envelopeHeader, sdkFallback }, code, message) {
      const sdk = readSdk(envelopeHeader, sdkFallback)
      const address = keepsAddresses(key) ? clientIp : null
      errors.note({ projectId, status: 200, code, message, sdk: sdk && formatSdk(sdk), address })
    },
    noteRefusal(request, { status, code, message, causes, projectId, hidesAddress }, sender) {
      const keepsAddress = !hidesAddress && (sender.key === null || keepsAddresses(sender.key))
      errors.note({
        projectId: projectId ?? sender.projectId,
        status,
        code,
        message: [message, ...causes].join(': '),
        sdk: sender.client ?? request.headers['user-agent'] ?? null,
        address: keepsAddress ? clientAddress(request) : null,
      })
    },
    async stop() {
      await Promise.all([errors.stop(), sdks.stop()])
    },
  }
}

/** Where the clients are people's browsers, their addresses are people's. */
function keepsAddresses({ settings }: ClientKeyRecord): boolean {
  return !settings.scrubbing.removesAddresses
}
