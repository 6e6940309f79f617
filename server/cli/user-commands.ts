// What `npm run user` can do, apart from its terminal.

import { createAccount, disableAccount, enableAccount, resetPassword, type AccountsDeps } from '../auth/accounts.ts'
import { OPERATOR } from '../auth/audit.ts'
import { makeSecret } from '../auth/secret.ts'
import { AppError } from '../errors.ts'

/** The command is not one of ours, or lacks something. */
export class UsageError extends Error {}

interface UserCommand {
  command: string
  /** Empty for what is about nobody. */
  email: string
  name: string | null
  isOwner: boolean
  /** null: make one. */
  askPassword: (() => Promise<string>) | null
}

const PASSWORD_LENGTH = 20

/** The options that each takes. */
const COMMANDS = new Map<string, { takesEmail: boolean; options: readonly string[] }>([
  ['list', { takesEmail: false, options: [] }],
  ['create', { takesEmail: true, options: ['name', 'owner', 'ask-password'] }],
  ['disable', { takesEmail: true, options: [] }],
  ['enable', { takesEmail: true, options: [] }],
  ['reset-password', { takesEmail: true, options: ['ask-password'] }],
])

/** What a command would not heed is refused: who gave it meant something by it. @throws UsageError */
export function checkArguments([name = '', ...rest]: readonly string[], options: readonly string[]): void {
  const command = COMMANDS.get(name)
  if (command === undefined) throw new UsageError(`There is no command "${name}".`)
  const extra = rest[command.takesEmail ? 1 : 0]
  if (extra !== undefined) throw new UsageError(`"${extra}" is too much.`)
  const option = options.find((given) => !command.options.includes(given))
  if (option !== undefined) throw new UsageError(`"${name}" takes no --${option}.`)
  if (command.takesEmail && rest[0] === undefined) throw new UsageError('Name the person by e-mail address.')
}

/** @returns lines to print. @throws AppError */
export async function runUserCommand(deps: AccountsDeps, command: UserCommand): Promise<string[]> {
  if (command.command === 'list') return listUsers(deps)
  if (command.command === 'create') return createUser(deps, command)
  const { id, email } = await findUser(deps, command.email)
  if (command.command === 'reset-password') {
    const { password, told } = await choosePassword(command)
    await resetPassword(deps, OPERATOR, id, password)
    return [`${email} has a new password, and is signed out everywhere.`, ...told]
  }
  const isDisabling = command.command === 'disable'
  await (isDisabling ? disableAccount : enableAccount)(deps, OPERATOR, id)
  return [isDisabling ? `${email} is disabled, and signed out everywhere.` : `${email} is enabled.`]
}

async function createUser(deps: AccountsDeps, command: UserCommand): Promise<string[]> {
  const { password, told } = await choosePassword(command)
  const { email: given, name, isOwner } = command
  const { email } = await createAccount(deps, OPERATOR, { email: given, name, password, isOwner })
  return [`${email} has an account${isOwner ? ', as an owner of the instance' : ''}.`, ...told]
}

async function choosePassword({ askPassword }: UserCommand): Promise<{ password: string; told: string[] }> {
  if (askPassword !== null) return { password: await askPassword(), told: [] }
  const password = makeSecret().slice(0, PASSWORD_LENGTH)
  return { password, told: [`The password is ${password} and is not shown again.`] }
}

async function listUsers({ prisma }: AccountsDeps): Promise<string[]> {
  const users = await prisma.user.findMany({ orderBy: { email: 'asc' } })
  if (users.length === 0) return ['There is no account yet. Start Faultline, and open the link that it prints.']
  const width = Math.max(...users.map(({ email }) => email.length))
  return users.map(({ email, name, isOwner, disabledAt }) => {
    const marks = [isOwner ? 'owner' : '', disabledAt === null ? '' : `disabled ${disabledAt.toISOString()}`, name]
    return [email.padEnd(width), ...marks.filter((mark) => mark !== '')].join('  ').trimEnd()
  })
}

async function findUser({ prisma }: AccountsDeps, email: string): Promise<{ id: string; email: string }> {
  const user = await prisma.user.findUnique({ where: { email: email.trim().toLowerCase() } })
  if (user === null) throw new AppError('NOT_FOUND', `There is no account ${email}.`)
  return user
}
