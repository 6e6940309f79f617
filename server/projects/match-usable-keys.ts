import type { Prisma } from '../database/generated/client.ts'

/** What `isKeyUsable` of server/domain/client-key.ts says of one key, said of all. */
export function matchUsableKeys(now: Date): Prisma.ClientKeyWhereInput {
  return { active: true, OR: [{ expiresAt: null }, { expiresAt: { gt: now } }] }
}
