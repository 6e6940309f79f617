// One Faultline per cluster. The lock is a socket in Linux's abstract namespace, named after the folder: it is taken
// atomically, and the kernel gives it back however the process ends, so that no stale lock file is ever left behind.

import { createHash } from 'node:crypto'
import { createServer, connect } from 'node:net'
import { text } from 'node:stream/consumers'

export interface ClusterLock {
  release(): Promise<void>
}

/** @param folder absolute. @throws Error whose message is a sentence for the operator, when another process has it. */
export async function lockCluster(folder: string): Promise<ClusterLock> {
  const name = `\0faultline-${createHash('sha256').update(folder).digest('hex').slice(0, 32)}`
  // Whoever asks is told who we are.
  const server = createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)))
  try {
    await new Promise<void>((taken, failed) => server.once('error', failed).listen(name, taken))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new Error(
      `Another Faultline (process ${await askHolder(name)}) is using this data folder: stop it, or set FAULTLINE_DATA to another folder.`,
    )
  }
  server.unref()
  return { release: () => new Promise((released) => server.close(() => released())) }
}

async function askHolder(name: string): Promise<string> {
  try {
    return (await text(connect(name).setTimeout(1000))).slice(0, 10)
  } catch {
    return 'unknown'
  }
}
