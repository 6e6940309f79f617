// Runs after npm ci, under whichever Node.js and npm are installed. What follows it needs the Node.js that comes as a
// package: npm 10 removes the link to it while it drops the package for the other processor, so it is linked again here,
// and the rest runs in an npm of its own, which then finds it.

const { execSync } = require('node:child_process')
const { existsSync, lstatSync, mkdirSync, symlinkSync, unlinkSync } = require('node:fs')
const { join } = require('node:path')

const root = join(__dirname, '../..')
const binFolder = join(root, 'node_modules/.bin')
const link = join(binFolder, 'node')
const packageFolder = `node-${process.platform}-${process.arch}`

if (!existsSync(link) && existsSync(join(root, 'node_modules', packageFolder, 'bin/node'))) {
  mkdirSync(binFolder, { recursive: true })
  if (lstatSync(link, { throwIfNoEntry: false })) unlinkSync(link)
  symlinkSync(`../${packageFolder}/bin/node`, link)
}

try {
  execSync('npm run --silent setup', { cwd: root, stdio: 'inherit' })
} catch (error) {
  process.exit(error.status || 1)
}
