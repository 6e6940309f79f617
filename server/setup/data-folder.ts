// The data folder, and the secret that is kept in it: what encrypts stored tokens and signs cookies.

import { randomBytes } from 'node:crypto'
import {
  accessSync,
  chmodSync,
  constants,
  existsSync,
  linkSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { StartError } from '../errors.ts'

const SECRET_FILE = 'secret'
const SECRET_BYTES = 32

const REASONS: Record<string, string> = {
  EACCES: 'this user may not write there',
  EPERM: 'this user may not write there',
  EROFS: 'this user may not write there',
  ENOTDIR: 'it is a file, or lies below one',
  ENOENT: 'it cannot be made there',
  ENOSPC: 'the disk is full',
}

/** @throws StartError. */
export function prepareDataFolder(folder: string): void {
  try {
    if (!existsSync(folder)) {
      makeFolder(folder)
      // The database's user, another one under root, must be able to pass through; it need not see what else is here.
      chmodSync(folder, 0o711)
    }
    accessSync(`${folder}/`, constants.W_OK | constants.X_OK)
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException
    throw new StartError(
      `The data folder ${folder} cannot be used (${REASONS[code] ?? code}): set FAULTLINE_DATA to another one.`,
    )
  }
}

/** One by one: Node's recursive mkdir never returns where nothing can be made, such as below /proc. */
function makeFolder(folder: string): void {
  if (!existsSync(dirname(folder))) makeFolder(dirname(folder))
  mkdirSync(folder)
}

/** @returns the secret of the data folder, made when there is none. @throws StartError. */
export function readSecret(folder: string): Buffer {
  const path = join(folder, SECRET_FILE)
  if (!existsSync(path)) {
    const unfinished = `${path}.${process.pid}`
    writeFileSync(unfinished, `${randomBytes(SECRET_BYTES).toString('base64')}\n`, { mode: 0o600 })
    try {
      // A link never replaces: of two processes that make a secret, the second one reads the first one's.
      linkSync(unfinished, path)
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
    } finally {
      rmSync(unfinished)
    }
  }
  const secret = Buffer.from(readFileSync(path, 'utf8'), 'base64')
  if (secret.length !== SECRET_BYTES) {
    throw new StartError(
      `${path} does not hold a secret of 32 bytes in base64: restore it from a backup, or delete it.`,
    )
  }
  return secret
}
