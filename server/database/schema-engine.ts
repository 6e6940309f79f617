// Prisma's schema engine as WebAssembly: what `prisma migrate` uses, without the binary that it would download.
// It is loaded for a migration or a comparison, and let go of afterwards.

import type { EventEmitter } from 'node:events'
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
  type SqlResultSet,
} from '@prisma/driver-adapter-utils'
import type * as EngineModule from '@prisma/schema-engine-wasm'
import pg from 'pg'
import type { DatabaseConnection } from './connection.ts'

/** PostgreSQL's internal one-byte type "char", which pg_partitioned_table answers with and Prisma's adapter does not know. */
const CHAR_OID = 18
const CHAR_MARK = ' (char)'
const STATEMENT_MAX_MS = 60 * 60 * 1000

/**
 * The engine writes down that a migration is finished when it is: who is killed in between would not know whether it was. So
 * it is written in the transaction of the migration itself, and one that is not finished has changed nothing.
 */
const MARK_FINISHED = `DO $$ BEGIN
  IF to_regclass('_prisma_migrations') IS NOT NULL THEN
    UPDATE _prisma_migrations SET finished_at = now() WHERE finished_at IS NULL AND rolled_back_at IS NULL;
  END IF;
END $$`

/**
 * Runs `use` with an engine on this database, one after the other. What went wrong in the engine is thrown as an Error
 * with its message.
 */
export function withSchemaEngine<Result>(
  connection: DatabaseConnection,
  schema: { path: string; content: string } | null,
  use: (engine: EngineModule.SchemaEngine) => Promise<Result>,
): Promise<Result> {
  const result = shared.turn.then(() => runEngine(connection, schema, use))
  shared.turn = result.catch(() => undefined)
  return result
}

async function runEngine<Result>(
  connection: DatabaseConnection,
  schema: { path: string; content: string } | null,
  use: (engine: EngineModule.SchemaEngine) => Promise<Result>,
): Promise<Result> {
  let panic = ''
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: { set_message: (message: string) => (panic = message) } })
  const { SchemaEngine: Engine } = await (shared.module ??= loadEngine())
  const adapters = new MigrationAdapters(connection)
  try {
    const datamodels: [string, string][] | undefined = schema === null ? undefined : [[schema.path, schema.content]]
    const engine = await Engine.new({ datamodels }, () => undefined, bindMigrationAwareSqlAdapterFactory(adapters))
    try {
      return await use(engine)
    } finally {
      engine.free()
    }
  } catch (error) {
    throw new Error(panic || describeFailure(error), { cause: error })
  } finally {
    await adapters.close()
  }
}

interface SharedEngine {
  module: Promise<typeof EngineModule> | null
  /** Settles when nobody uses the engine. */
  turn: Promise<unknown>
}

/**
 * Loaded once and used by one at a time: a second instance would meet the bindings' memory of the first. On globalThis,
 * because a test runner loads this file once for each kind of test, but the package once for all.
 */
const globals = globalThis as { [key: symbol]: SharedEngine | undefined }
const shared: SharedEngine = (globals[Symbol.for('faultline.schema-engine')] ??= {
  module: null,
  turn: Promise.resolve(),
})

/** The package expects a bundler to load the .wasm file; this is what it would do. */
async function loadEngine(): Promise<typeof EngineModule> {
  const bindings = (await import('@prisma/schema-engine-wasm/schema_engine_bg' as string)) as {
    __wbg_set_wasm(exports: WebAssembly.Exports): void
  }
  const folder = dirname(createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm'))
  const { instance } = await WebAssembly.instantiate(readFileSync(join(folder, 'schema_engine_bg.wasm')), {
    './schema_engine_bg.js': bindings as unknown as WebAssembly.ModuleImports,
  })
  bindings.__wbg_set_wasm(instance.exports)
  ;(instance.exports['__wbindgen_start'] as () => void)()
  return bindings as unknown as typeof EngineModule
}

/** The engine throws strings of JSON, or errors with such a message. */
function describeFailure(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  try {
    const { message, meta } = JSON.parse(text) as { message?: string; meta?: { full_error?: string } }
    return message ?? meta?.full_error ?? text
  } catch {
    return text
  }
}

/** Prisma's own adapter, but for what it cannot do: run a script whole, read "char", and make a shadow database apart. */
class MigrationAdapters implements SqlMigrationAwareDriverAdapterFactory {
  readonly provider = 'postgres'
  readonly adapterName = '@prisma/adapter-pg'
  readonly #connection: DatabaseConnection
  readonly #pools: pg.Pool[] = []

  constructor(connection: DatabaseConnection) {
    this.#connection = connection
  }

  async connect(): Promise<SqlDriverAdapter> {
    return this.#open(this.#connection.database)
  }

  async connectToShadowDb(): Promise<SqlDriverAdapter> {
    const database = `faultline_shadow_${crypto.randomUUID().replaceAll('-', '')}`
    const main = this.#openPool(this.#connection.database)
    await main.query(`CREATE DATABASE "${database}"`)
    return this.#open(database, async (pool) => {
      await pool.end()
      await main.query(`DROP DATABASE "${database}" WITH (FORCE)`)
    })
  }

  async close(): Promise<void> {
    await Promise.all(this.#pools.filter((pool) => !pool.ended).map((pool) => pool.end()))
  }

  async #open(database: string, dispose?: (pool: pg.Pool) => Promise<void>): Promise<SqlDriverAdapter> {
    const pool = this.#openPool(database)
    const adapter = await new PrismaPg(pool).connect()
    // The adapter would cut a script at every semicolon, those inside of functions too. Sent whole it is one transaction.
    adapter.executeScript = async (script) => void (await pool.query(`${script}\n;${MARK_FINISHED}`))
    const queryRaw = adapter.queryRaw.bind(adapter)
    adapter.queryRaw = async (query) => readCharacters(await queryRaw(query))
    if (dispose !== undefined) adapter.dispose = () => dispose(pool)
    return adapter
  }

  #openPool(database: string): pg.Pool {
    const pool = new pg.Pool({
      ...this.#connection,
      database,
      Client: CharAwareClient,
      statement_timeout: STATEMENT_MAX_MS,
    })
    pool.on('error', () => undefined)
    this.#pools.push(pool)
    return pool
  }
}

function readCharacters(result: SqlResultSet): SqlResultSet {
  const isCharacter = result.columnNames.map((name) => name.endsWith(CHAR_MARK))
  return {
    ...result,
    columnNames: result.columnNames.map((name, at) => (isCharacter[at] ? name.slice(0, -CHAR_MARK.length) : name)),
    columnTypes: result.columnTypes.map((type, at) => (isCharacter[at] ? ColumnTypeEnum.Character : type)),
  }
}

/**
 * Announces columns of type "char" as text, in the message that describes a result, before anybody reads it; and marks
 * their names, so that `readCharacters` can tell them from real text.
 */
class CharAwareClient extends pg.Client {
  constructor(config?: string | pg.ClientConfig) {
    super(config)
    const { connection } = this as unknown as { connection: EventEmitter }
    connection.on('rowDescription', ({ fields }: { fields: pg.FieldDef[] }) => {
      for (const field of fields) {
        if (field.dataTypeID !== CHAR_OID) continue
        field.dataTypeID = pg.types.builtins.TEXT
        field.name += CHAR_MARK
      }
    })
  }
}
