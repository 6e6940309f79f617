import { nameOf } from '../sample.ts'
import type { Sample } from '../sample.ts'
import type { CaseName } from '../story.ts'
import { startRecordingProxy } from './recording-proxy.ts'
import type { Exchange } from './recording-proxy.ts'
import { runCommand } from './run-command.ts'

/** Longer than samples wait for an answer. */
const TELL_WITHIN_MS = 120_000

interface TellOptions {
  sample: Sample
  folder: string
  name: CaseName
  /** Of the server, without a slash at its end. */
  url: string
  publicKey: string
}

/** Lets the sample tell one case. @returns what it said to the server and heard from it. */
export async function tellCase({ sample, folder, name, url, publicKey }: TellOptions): Promise<Exchange[]> {
  const { hostname, port } = new URL(url)
  const proxy = await startRecordingProxy({ host: hostname, port: Number(port) })
  try {
    const login = sample.secret === undefined ? publicKey : `${publicKey}:${sample.secret}`
    const dsn = `http://${login}@127.0.0.1:${proxy.port}/1`
    if (sample.tell !== undefined) await sample.tell({ dsn, name, hasSent: () => proxy.exchanges.length > 0 })
    else if (sample.run !== undefined) {
      const [program, ...args] = sample.run.map((part) => part.replace('{dsn}', dsn).replace('{case}', name))
      await runCommand([program!, ...args], { folder, withinMs: TELL_WITHIN_MS })
    } else throw new Error(`nothing runs ${nameOf(sample)}`)
    await proxy.settle()
    return proxy.exchanges
  } finally {
    await proxy.stop()
  }
}
