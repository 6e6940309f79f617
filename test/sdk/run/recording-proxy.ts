// Stands between an SDK and the server, passes every byte on, and keeps each request as it came, with its answer.

import { once } from 'node:events'
import { connect, createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { findRequestEnd, readAnswer } from '../../support/raw-http.ts'
import type { Answer } from '../../support/raw-http.ts'
import { until } from '../../support/until.ts'

export interface Exchange {
  /** The request, byte for byte. */
  bytes: Buffer
  /** null while it is waited for. */
  answer: Answer | null
}

export interface RecordingProxy {
  port: number
  /** In the order in which they began. */
  exchanges: Exchange[]
  /** Resolves when all that was asked has been answered. */
  settle(): Promise<void>
  stop(): Promise<void>
}

export async function startRecordingProxy(target: { host: string; port: number }): Promise<RecordingProxy> {
  const exchanges: Exchange[] = []
  const sockets = new Set<Socket>()
  let unfinished = 0

  const server = createServer({ allowHalfOpen: true }, (client) => {
    const upstream = connect({ ...target, allowHalfOpen: true })
    const waiting: Exchange[] = []
    let asked = Buffer.alloc(0)
    let answered = Buffer.alloc(0)
    let isLeft = false
    // Programs and pages end without reading an answer. The server would keep it to itself if it were told.
    const leave = () => {
      isLeft = true
      if (waiting.length === 0) upstream.end()
    }
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      // Who breaks a connection off is no matter of ours: what was asked and not answered is seen by `settle`.
      socket.on('error', () => socket.destroy()).once('close', () => sockets.delete(socket))
    }

    client.on('data', (chunk: Buffer) => {
      upstream.write(chunk)
      const wasUnfinished = asked.length > 0
      asked = Buffer.concat([asked, chunk])
      for (let end = findRequestEnd(asked); end > 0; end = findRequestEnd(asked)) {
        const exchange: Exchange = { bytes: asked.subarray(0, end), answer: null }
        exchanges.push(exchange)
        waiting.push(exchange)
        asked = asked.subarray(end)
      }
      unfinished += Number(asked.length > 0) - Number(wasUnfinished)
    })
    upstream.on('data', (chunk: Buffer) => {
      client.write(chunk)
      answered = Buffer.concat([answered, chunk])
      for (let found = readAnswer(answered); found !== null && waiting.length > 0; found = readAnswer(answered)) {
        waiting.shift()!.answer = found.answer
        answered = answered.subarray(found.end)
      }
      if (isLeft) leave()
    })
    client.once('end', leave)
    upstream.once('end', () => client.end())
    client.once('close', () => {
      unfinished -= Number(asked.length > 0)
      asked = Buffer.alloc(0)
      leave()
    })
    upstream.once('close', () => client.destroySoon())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')

  return {
    port: (server.address() as AddressInfo).port,
    exchanges,
    settle: async () =>
      void (await until(() => unfinished === 0 && exchanges.every(({ answer }) => answer !== null), {
        what: 'all requests are answered',
      })),
    stop: async () => {
      for (const socket of sockets) socket.destroy()
      server.close()
      await once(server, 'close')
    },
  }
}
