// Suppliers' price lists, one importer per supplier, and every supplier breaks in its own way: an endless supply of
// issues that nobody has seen before.

import { ownFrame } from '../program.ts'
import type { Failure, Program } from '../program.ts'

const SUPPLIERS = [
  'Alpenrad',
  'Brightside',
  'Cordwain',
  'Dunmore',
  'Estrela',
  'Fjellheim',
  'Granby',
  'Hollander',
] as const
const TROUBLES = [
  { type: 'UnexpectedColumnError', value: 'column "EAN" is missing' },
  { type: 'EncodingError', value: 'byte 0xE9 is not UTF-8' },
  { type: 'PriceParseError', value: 'cannot read the price "12,50,00"' },
  { type: 'DuplicateRowError', value: 'the same article stands twice in the list' },
] as const

const imports: Omit<Program, 'failures'> = {
  name: 'imports',
  platform: 'node',
  sdk: { name: 'sentry.javascript.node', version: '11.12.0' },
  environments: ['production'],
  contexts: () => ({ runtime: { name: 'node', version: 'v24.21.0' } }),
}

/** The same number always fails in the same way. */
export function inventImport(number: number): { program: Program; failure: Failure } {
  const supplier = SUPPLIERS[number % SUPPLIERS.length] ?? SUPPLIERS[0]
  const trouble = TROUBLES[Math.floor(number / SUPPLIERS.length) % TROUBLES.length] ?? TROUBLES[0]
  const edition = Math.floor(number / (SUPPLIERS.length * TROUBLES.length))
  const reader = `read${supplier}${edition === 0 ? '' : `V${edition + 1}`}`
  const failure: Failure = {
    weight: 1,
    transaction: `import ${supplier}`,
    handled: true,
    exceptions: (dice) => [
      {
        ...trouble,
        frames: [
          ownFrame(
            {
              function: 'importPrices',
              filename: '/srv/imports/src/import.js',
              module: 'import',
              lineno: 31,
              colno: 17,
            },
            `
  for await (const file of inbox.list()) {
    const reader = readers.get(file.supplier)
»    const rows = await reader(file.stream())
    await prices.replace(file.supplier, rows)`,
          ),
          ownFrame(
            {
              function: reader,
              filename: `/srv/imports/src/readers/${supplier.toLowerCase()}.js`,
              module: `readers:${supplier.toLowerCase()}`,
              lineno: 12 + edition,
              colno: 9,
              vars: { row: dice.roll(1, 9000) },
            },
            `
  for (const [number, row] of rows.entries()) {
    if (!isComplete(row)) {
»      throw new ${trouble.type}(describe(row, number))
    }`,
          ),
        ],
      },
    ],
    breadcrumbs: (dice) => [
      { secondsBefore: 4, category: 'sftp', message: `prices-${dice.roll(1, 52)}.csv received`, level: 'info' },
    ],
  }
  return { program: { ...imports, failures: [failure] }, failure }
}
