// A real OpenID Connect provider, which asks nobody for a password: whoever comes is the person that the test says.

import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider, { type Configuration } from 'oidc-provider'

interface ProviderPerson {
  sub: string
  email?: string
  email_verified?: boolean
  name?: string
  groups?: unknown
}

export interface TestOidcProvider {
  issuer: string
  /** As an operator would set them. */
  variables: Record<string, string>
  /** Who is signed in there; null: they say no. */
  person: ProviderPerson | null
  /** Faultline's addresses, registered like those of an application. */
  allowRedirect(publicUrl: string): void
  /** Goes through what a browser would, from the address that Faultline sent it to. @returns where it is sent back to. */
  visit(url: string): Promise<string>
  stop(): Promise<void>
}

interface TestOidcOptions {
  /** Says everything in the ID token, and not only where it is asked for more. */
  saysAllInIdToken?: boolean
}

const CLIENT = { id: 'faultline', secret: 'a secret of the client, 32 characters' }

export async function startOidcProvider({ saysAllInIdToken = false }: TestOidcOptions = {}): Promise<TestOidcProvider> {
  const server = createServer((request, response) => handle(request, response))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const redirectUris = ['http://localhost:4000/-/auth/oidc/callback']
  const people = new Map<string, ProviderPerson>()
  let handle = createHandler()

  function createHandler() {
    const configuration: Configuration = {
      clients: [
        {
          client_id: CLIENT.id,
          client_secret: CLIENT.secret,
          redirect_uris: redirectUris,
          grant_types: ['authorization_code'],
        },
      ],
      claims: { openid: ['sub', 'groups'], email: ['email', 'email_verified'], profile: ['name'] },
      conformIdTokenClaims: !saysAllInIdToken,
      features: { devInteractions: { enabled: false } },
      interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
      findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...people.get(sub), sub }) }),
      pkce: { required: () => true },
      cookies: { keys: ['a key of the tests'] },
    }
    const provider = new Provider(issuer, configuration)
    const handleProtocol = provider.callback()
    return (request: Parameters<typeof handleProtocol>[0], response: Parameters<typeof handleProtocol>[1]): void => {
      if (request.url?.startsWith('/interaction/')) void interact(provider, request, response)
      else void handleProtocol(request, response)
    }
  }

  async function interact(
    provider: Provider,
    request: Parameters<Provider['interactionDetails']>[0],
    response: Parameters<Provider['interactionDetails']>[1],
  ): Promise<void> {
    const { params, session } = await provider.interactionDetails(request, response)
    const { person } = oidc
    if (person === null) {
      const denied = { error: 'access_denied', error_description: 'The person said no.' }
      return provider.interactionFinished(request, response, denied)
    }
    people.set(person.sub, person)
    const grant = new provider.Grant({ accountId: person.sub, clientId: String(params.client_id) })
    grant.addOIDCScope(String(params.scope))
    const consent = { grantId: await grant.save() }
    const login = { accountId: person.sub }
    const result = session?.accountId === person.sub ? { consent } : { login, consent }
    return provider.interactionFinished(request, response, result)
  }

  const oidc: TestOidcProvider = {
    issuer,
    variables: {
      FAULTLINE_OIDC_ISSUER: issuer,
      FAULTLINE_OIDC_CLIENT_ID: CLIENT.id,
      FAULTLINE_OIDC_CLIENT_SECRET: CLIENT.secret,
      FAULTLINE_OIDC_NAME: 'Acme ID',
    },
    person: null,
    allowRedirect(publicUrl) {
      redirectUris.push(`${publicUrl}/-/auth/oidc/callback`)
      handle = createHandler()
    },
    async visit(url) {
      const cookies = new Map<string, string>()
      let next = url
      for (let hop = 0; hop < 10; hop += 1) {
        const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ')
        const answer = await fetch(next, { redirect: 'manual', headers: { cookie } })
        for (const setCookie of answer.headers.getSetCookie()) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(setCookie) ?? []
          cookies.set(name, value)
        }
        const location = answer.headers.get('location')
        if (location === null) throw new Error(`the provider answered ${answer.status}: ${await answer.text()}`)
        next = new URL(location, next).href
        if (!next.startsWith(issuer)) return next
      }
      throw new Error('the provider sends around in circles')
    },
    stop: () =>
      new Promise((stopped) => {
        server.close(() => stopped())
        server.closeAllConnections()
      }),
  }
  return oidc
}
