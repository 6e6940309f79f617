// `npm run dev`: the server, started again when a file of it changes, and Vite beside it, which serves the pages with
// hot reload and hands everything else to the server.

import { spawn } from 'node:child_process'
import { join } from 'node:path'

const ROOT = join(import.meta.dirname, '../..')

const children = [
  spawn(process.execPath, ['--watch', '--watch-preserve-output', 'server/main.ts', '--without-dashboard'], {
    cwd: ROOT,
    stdio: 'inherit',
  }),
  spawn(process.execPath, ['node_modules/vite/bin/vite.js', 'dev', '--clearScreen', 'false'], {
    cwd: ROOT,
    stdio: 'inherit',
  }),
]

// A terminal's Ctrl-C reaches the children by itself; what is sent to us alone is passed on.
process.on('SIGINT', () => undefined)
process.on('SIGTERM', endAll)
for (const child of children) child.once('exit', endAll)

function endAll(): void {
  for (const child of children) child.kill('SIGTERM')
}
