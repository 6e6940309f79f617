// What a browser keeps for us between two requests of one sign-in, and may neither read nor change.

import { deriveKey } from './derive-key.ts'
import { createSeal } from './seal.ts'

const VALUE_LENGTH_MAX = 4000

export interface SealedCookie<Content> {
  /** @returns a Set-Cookie header. */
  set(content: Content): string
  /** @param cookies the request's Cookie header. @returns null for none, one that is over, and one that is not ours. */
  read(cookies: string | undefined): Content | null
  /** @returns a Set-Cookie header that takes it away. */
  clear(): string
}

interface SealedCookieOptions {
  name: string
  /** Called with the first request, when the public URL is known. */
  publicUrl: () => string
  secret: Buffer
  lifeMs: number
  clock: () => number
}

export function createSealedCookie<Content>(options: SealedCookieOptions): SealedCookie<Content> {
  const { name, publicUrl, secret, lifeMs, clock } = options
  const seal = createSeal(deriveKey(secret, `cookie ${name}`))

  function describe(): { fullName: string; attributes: string } {
    const isSecure = publicUrl().startsWith('https:')
    const fullName = `${isSecure ? '__Secure-' : ''}${nameCookies(publicUrl())}.${name}`
    return { fullName, attributes: `Path=/-/auth; HttpOnly; ${isSecure ? 'Secure; ' : ''}SameSite=Lax` }
  }

  return {
    set(content) {
      const { fullName, attributes } = describe()
      const sealed = seal.seal(JSON.stringify({ content, untilMs: clock() + lifeMs }), name)
      return `${fullName}=${sealed.toString('base64url')}; Max-Age=${Math.round(lifeMs / 1000)}; ${attributes}`
    },

    read(cookies) {
      const prefix = `${describe().fullName}=`
      const cookie = cookies
        ?.split(';')
        .find((part) => part.trimStart().startsWith(prefix))
        ?.trim()
      if (cookie === undefined || cookie.length > VALUE_LENGTH_MAX) return null
      const text = seal.open(Buffer.from(cookie.slice(prefix.length), 'base64url'), name)
      if (text === null) return null
      const { content, untilMs } = JSON.parse(text) as { content: Content; untilMs: number }
      return clock() < untilMs ? content : null
    },

    clear() {
      const { fullName, attributes } = describe()
      return `${fullName}=; Max-Age=0; ${attributes}`
    },
  }
}

/** Cookies know no ports: two instances on one machine would otherwise sign each other's people out. */
export function nameCookies(publicUrl: string): string {
  const { port } = new URL(publicUrl)
  return port === '' ? 'faultline' : `faultline-${port}`
}
