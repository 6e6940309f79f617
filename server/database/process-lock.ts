// One process at a time for something on this machine. The lock is a socket in Linux's abstract namespace: it is taken
// atomically, and the kernel gives it back however the process ends, so that no stale lock file is ever left behind.

import { createHash } from 'node:crypto'
import { connect, createServer } from 'node:net'
import { text } from 'node:stream/consumers'

export type ProcessLock = { taken: true; release(): Promise<void> } | { taken: false; holder: string }

/**
 * Elsewhere than on Linux it is always free: the embedded database is for Linux only.
 *
 * @param purpose what is locked, with the absolute path it is about.
 */
export async function takeProcessLock(purpose: string): Promise<ProcessLock> {
  const name = `\0faultline-${createHash('sha256').update(purpose).digest('hex').slice(0, 32)}`
  if (process.platform !== 'linux') return { taken: true, release: async () => undefined }
  // Whoever asks is told who we are.
  const server = createServer((socket) => socket.on('error', () => undefined).end(String(process.pid)))
  try {
    await new Promise<void>((taken, failed) => server.once('error', failed).listen(name, taken))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    return { taken: false, holder: await askHolder(name) }
  }
  server.unref()
  return { taken: true, release: () => new Promise((released) => server.close(() => released())) }
}

async function askHolder(name: string): Promise<string> {
  try {
    return (await text(connect(name).setTimeout(1_000))).slice(0, 10)
  } catch {
    return 'unknown'
  }
}
