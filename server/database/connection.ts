// Where a database is, in parsed fields: whoever is given them can open a second connection to another database of the
// same server, which a URL does not allow without taking it apart.

import { parse } from 'pg-connection-string'
import type { ConnectionOptions } from 'node:tls'

export interface DatabaseConnection {
  /** A host name, an address, or the folder of a Unix socket. */
  host: string
  port: number
  user: string
  password: string
  database: string
  ssl: ConnectionOptions | boolean
}

/** @throws Error whose message continues a sentence that begins with the variable's name. */
export function parseDatabaseUrl(text: string): DatabaseConnection {
  if (!/^postgres(ql)?:\/\//.test(text)) throw new Error('must begin with postgres:// or postgresql://')
  const { host, port, user, password, database, ssl, schema } = parseFields(text)
  const portNumber = port === '' || port === undefined || port === null ? 5432 : Number(port)
  if (!Number.isInteger(portNumber) || portNumber < 1 || portNumber > 65_535) throw new Error('has an impossible port')
  if (database === '' || database === null || database === undefined) {
    throw new Error('must name a database, as in postgres://user:password@host:5432/faultline')
  }
  if (schema !== undefined && schema !== 'public') throw new Error('cannot choose a schema: Faultline uses "public"')
  return {
    host: host === '' || host === null || host === undefined ? 'localhost' : host,
    port: portNumber,
    user: user === '' || user === undefined ? 'postgres' : user,
    password: typeof password === 'string' ? password : '',
    database,
    ssl: (ssl as ConnectionOptions | boolean | undefined) ?? false,
  }
}

/** With `sslmode` as libpq has it: `require` encrypts, `verify-full` also looks at the certificate. */
function parseFields(text: string) {
  try {
    return parse(text, { useLibpqCompat: true }) as ReturnType<typeof parse> & { schema?: string }
  } catch (error) {
    const reason = (error as Error).message
    throw new Error(`is not an address that can be read: ${reason.replaceAll(text, '<the address>')}`, { cause: error })
  }
}
