// The operator's OpenID Connect provider: where it sends people to sign in, and what it says of who comes back. The
// protocol is openid-client's; PKCE, state and nonce tie the answer to the browser that asked, and the signature of the ID
// token is checked although it comes straight from the provider. Its description is read with the first sign-in and kept
// for an hour; a provider that is away is asked again with the next one.

import {
  allowInsecureRequests,
  AuthorizationResponseError,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  ClientSecretPost,
  customFetch,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
  type ClientAuth,
  type Configuration,
} from 'openid-client'
import type { OidcConfig } from '../../config.ts'
import { AppError } from '../../errors.ts'
import type { Logger } from '../../log.ts'
import { fetchBounded } from './bounded-fetch.ts'
import { ProviderRefusal } from './provider-refusal.ts'
import { findClaim, type Claims } from './read-claims.ts'

const DISCOVERY_LIFE_MS = 60 * 60_000

/** What the browser keeps, sealed, until the person comes back. */
export interface AuthorizationChecks {
  state: string
  nonce: string
  codeVerifier: string
}

export interface Provider {
  /** @throws AppError UNAVAILABLE when the provider is away */
  authorize(redirectUri: string): Promise<{ url: string; checks: AuthorizationChecks }>
  /**
   * @param currentUrl to which the provider has sent the person back.
   * @throws ProviderRefusal when it said no, or something that does not hold, AppError UNAVAILABLE when it is away
   */
  exchange(currentUrl: URL, checks: AuthorizationChecks): Promise<Claims>
}

interface ProviderOptions {
  config: OidcConfig
  log: Pick<Logger, 'warn'>
  clock: () => number
}

export function createProvider({ config, log, clock }: ProviderOptions): Provider {
  let known: { configuration: Promise<Configuration>; untilMs: number } | null = null

  function describe(): Promise<Configuration> {
    if (known !== null && clock() < known.untilMs) return known.configuration
    const { issuer, clientId, clientSecret } = config
    const execute = [enableNonRepudiationChecks]
    if (issuer.startsWith('http:')) execute.push(allowInsecureRequests)
    const entry = {
      configuration: discovery(new URL(issuer), clientId, undefined, authenticate(clientSecret), {
        [customFetch]: fetchBounded,
        execute,
      }),
      untilMs: clock() + DISCOVERY_LIFE_MS,
    }
    known = entry
    entry.configuration.catch(() => {
      if (known === entry) known = null
    })
    return entry.configuration
  }

  /** What goes wrong on the way to the provider is told to the operator in the log, and to the person in one sentence. */
  async function reachProvider<Value>(work: () => Promise<Value>): Promise<Value> {
    try {
      return await work()
    } catch (error) {
      log.warn({ reason: describeFailure(error) }, 'the OpenID Connect provider could not be asked')
      throw new AppError('UNAVAILABLE', `${config.name} cannot be reached. Try again in a moment.`, { cause: error })
    }
  }

  return {
    async authorize(redirectUri) {
      const checks = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() }
      const configuration = await reachProvider(describe)
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope: config.scopes,
        state: checks.state,
        nonce: checks.nonce,
        code_challenge: await calculatePKCECodeChallenge(checks.codeVerifier),
        code_challenge_method: 'S256',
      })
      return { url: url.href, checks }
    },

    async exchange(currentUrl, { state, nonce, codeVerifier }) {
      const configuration = await reachProvider(describe)
      try {
        const tokens = await authorizationCodeGrant(configuration, currentUrl, {
          ...{ expectedState: state, expectedNonce: nonce, pkceCodeVerifier: codeVerifier, idTokenExpected: true },
        })
        const claims: Claims = { ...tokens.claims() }
        if (isComplete(claims, config) || configuration.serverMetadata().userinfo_endpoint === undefined) return claims
        const more = await fetchUserInfo(configuration, tokens.access_token, String(claims.sub))
        return { ...more, ...claims }
      } catch (error) {
        const denied = error instanceof AuthorizationResponseError
        log.warn({ reason: describeFailure(error) }, 'a sign-in by the OpenID Connect provider was refused')
        throw new ProviderRefusal(denied ? 'denied' : 'failed', { cause: error })
      }
    },
  }
}

/** Providers may keep the ID token short, and say the rest where they are asked for it. */
function isComplete(claims: Claims, { rolesClaim }: OidcConfig): boolean {
  const hasAddress = claims.email !== undefined && claims.email_verified !== undefined
  return hasAddress && (rolesClaim === null || findClaim(claims, rolesClaim) !== undefined)
}

/** As the provider takes it: in the header unless it says that it takes it in the body only. */
function authenticate(clientSecret: string): ClientAuth {
  return (server, client, body, headers) => {
    const methods = server.token_endpoint_auth_methods_supported ?? ['client_secret_basic']
    const apply = methods.includes('client_secret_basic') ? ClientSecretBasic : ClientSecretPost
    apply(clientSecret)(server, client, body, headers)
  }
}

/** Never what the provider answered whole: it may hold tokens. */
function describeFailure(error: unknown): string {
  const { error: code, message, cause } = error as { error?: string; message?: string; cause?: unknown }
  const inner = cause instanceof Error ? cause.message : ''
  return [message, code, inner].filter(Boolean).join(': ').slice(0, 300)
}
