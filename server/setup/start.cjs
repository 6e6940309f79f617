// The entry of `npm start`. CommonJS of an old kind, so that a Node.js that cannot run the server can still say so:
// the server is TypeScript, which Node.js runs as it is from 22.18 on.

const { existsSync } = require('node:fs')
const { join } = require('node:path')

const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(
    `Faultline needs Node.js 22.18 or newer, and this is ${process.versions.node}. On Linux npm ci brings one along, ` +
      'unless it is told to omit optional packages; elsewhere install a newer Node.js.\n',
  )
  process.exit(1)
}

if (!existsSync(join(__dirname, '../database/generated'))) {
  process.stderr.write(
    'Faultline is not set up yet: run npm run setup. npm ci does it itself, unless npm is told to run no scripts.\n',
  )
  process.exit(1)
}

// Keeps what was made of each file: later starts are faster and need less memory. Where it cannot be kept, nothing is.
require('node:module').enableCompileCache(join(__dirname, '../../node_modules/.cache/faultline'))

import('../main.ts')
