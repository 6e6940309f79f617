import { describe, expect, it } from 'vitest'
import { ConfigError, readConfig } from '../../server/config.ts'

function readMistakes(environment: NodeJS.ProcessEnv): readonly string[] {
  try {
    readConfig(environment)
  } catch (error) {
    if (error instanceof ConfigError) return error.mistakes
    throw error
  }
  return []
}

describe('readConfig', () => {
  it('has a default for everything', () => {
    const config = readConfig({})
    expect(config.http).toMatchObject({ port: 4000, hosts: ['127.0.0.1', '::1'], publicUrl: null })
    expect(config.dataFolder).toMatch(/^\/.*\/data$/)
    expect(config).toMatchObject({ database: null, secret: null, mail: null, logLevel: 'info' })
    expect(config).toMatchObject({ retentionDays: 90, eventsPerMinute: 60_000 })
    expect(config.firstStart).toEqual({ owner: null, project: null, clientKey: null })
  })

  it('takes an empty variable for one that is not set', () => {
    expect(readConfig({ PORT: '', FAULTLINE_SECRET: '', FAULTLINE_NONSENSE: '' }).http.port).toBe(4000)
  })

  it('tells all mistakes at once, each with the name of its variable', () => {
    const mistakes = readMistakes({
      PORT: '70000',
      LOG_LEVEL: 'loud',
      FAULTLINE_SECRET: 'c2hvcnQ=',
      FAULTLINE_PROJECT: 'api/shop',
      FAULTLINE_CLIENT_KEY: 'sh0rt',
    })
    expect(mistakes.map((mistake) => mistake.split(' ')[0])).toEqual([
      'PORT',
      'FAULTLINE_SECRET',
      'FAULTLINE_PROJECT',
      'FAULTLINE_CLIENT_KEY',
      'LOG_LEVEL',
    ])
  })

  it.each([
    ['PORT', '80.5'],
    ['PORT', '-1'],
    ['PORT', '0x50'],
    ['HOST', '1.2.3'],
    ['HOST', 'a b'],
    ['PUBLIC_URL', 'errors.example.com'],
    ['PUBLIC_URL', 'https://example.com/errors'],
    ['PUBLIC_URL', 'ftp://example.com'],
    ['PUBLIC_URL', 'https://user@example.com'],
    ['DATABASE_URL', 'mysql://localhost/faultline'],
    ['DATABASE_URL', 'postgres://localhost'],
    ['DATABASE_URL', 'postgres://localhost/faultline?schema=other'],
    ['FAULTLINE_OWNER_TOKEN', 'short'],
    ['FAULTLINE_PROJECT', 'acme'],
    ['FAULTLINE_PROJECT', 'acme/12'],
    ['FAULTLINE_RETENTION_DAYS', '0'],
    ['FAULTLINE_EVENTS_PER_MINUTE', 'many'],
    ['FAULTLINE_TRUSTED_PROXIES', '10.0.0.0/33'],
    ['FAULTLINE_TRUSTED_PROXIES', 'proxy.example.com'],
    ['FAULTLINE_OUTBOUND_ALLOW', 'a_b!'],
    ['FAULTLINE_OIDC_ISSUER', 'id.example.com'],
    ['FAULTLINE_OIDC_ISSUER', 'https://id.example.com/.well-known/openid-configuration'],
    ['FAULTLINE_OIDC_CLIENT_ID', 'two\nlines'],
    ['FAULTLINE_OIDC_NAME', 'x'.repeat(41)],
    ['FAULTLINE_OIDC_SCOPES', 'email profile'],
    ['FAULTLINE_OIDC_SIGN_UP', 'maybe'],
    ['FAULTLINE_OIDC_ROLES', 'developers=acme'],
  ])('refuses %s=%s in one sentence', (name, value) => {
    const mistakes = readMistakes({ [name]: value }).filter((mistake) => !mistake.includes('is set, but'))
    expect(mistakes).toHaveLength(1)
    expect(mistakes[0]).toMatch(new RegExp(`^${name} .*\\.$`))
  })

  it('describes a provider to sign in by, and what its claim stands for', () => {
    const issuer = 'https://id.example.com/realms/acme'
    const needed = {
      FAULTLINE_OIDC_ISSUER: issuer,
      FAULTLINE_OIDC_CLIENT_ID: 'faultline',
      FAULTLINE_OIDC_CLIENT_SECRET: 's',
    }
    expect(readConfig({}).oidc).toBeNull()
    expect(readConfig(needed).oidc).toEqual({
      ...{ issuer, clientId: 'faultline', clientSecret: 's', name: 'id.example.com', scopes: 'openid email profile' },
      ...{ signUp: true, rolesClaim: null, roles: [], ownersValue: null },
    })
    const all = readConfig({
      ...needed,
      FAULTLINE_OIDC_NAME: 'Acme ID',
      FAULTLINE_OIDC_SCOPES: 'openid  email groups',
      FAULTLINE_OIDC_SIGN_UP: 'no',
      FAULTLINE_OIDC_ROLES_CLAIM: 'groups',
      FAULTLINE_OIDC_ROLES: 'devs=acme:DEVELOPER',
      FAULTLINE_OIDC_OWNERS: 'admins',
    }).oidc
    expect(all).toMatchObject({ name: 'Acme ID', scopes: 'openid email groups', signUp: false, ownersValue: 'admins' })
    expect(all?.roles).toEqual([{ value: 'devs', group: 'acme', project: null, role: 'DEVELOPER' }])
    expect(readMistakes({ FAULTLINE_OIDC_ISSUER: issuer, FAULTLINE_OIDC_ROLES: 'devs=acme:DEVELOPER' })).toEqual([
      'FAULTLINE_OIDC_ISSUER is set, but FAULTLINE_OIDC_CLIENT_ID, which it needs, is not.',
      'FAULTLINE_OIDC_ISSUER is set, but FAULTLINE_OIDC_CLIENT_SECRET, which it needs, is not.',
      'FAULTLINE_OIDC_ROLES is set, but FAULTLINE_OIDC_ROLES_CLAIM, which it needs, is not.',
    ])
  })

  it('never repeats a secret in what it says', () => {
    const mistakes = readMistakes({
      FAULTLINE_SECRET: 'hunter2hunter2',
      FAULTLINE_OWNER_PASSWORD: 'hunter2',
      FAULTLINE_OWNER_TOKEN: 'hunter2',
      FAULTLINE_OIDC_CLIENT_SECRET: 'hunter2\n',
      DATABASE_URL: 'postgres://user:hunter2@localhost:99999999/x',
    })
    expect(mistakes.length).toBeGreaterThanOrEqual(4)
    expect(mistakes.join()).not.toContain('hunter2')
  })

  it('refuses unknown variables of ours, with the one that was probably meant', () => {
    expect(readMistakes({ FAULTLINE_RETENTION_DAY: '30', OTHER_VARIABLE: '1' })).toEqual([
      'FAULTLINE_RETENTION_DAY is not a variable that Faultline knows. Did you mean FAULTLINE_RETENTION_DAYS?',
    ])
    expect(readMistakes({ FAULTLINE_COFFEE_MACHINE_URL: 'x' })[0]).not.toContain('mean')
  })

  it('refuses what makes no sense alone', () => {
    expect(readMistakes({ FAULTLINE_OWNER_EMAIL: 'a@example.com' })[0]).toContain('FAULTLINE_OWNER_PASSWORD')
    expect(readMistakes({ FAULTLINE_OWNER_TOKEN: 'x'.repeat(20) })[0]).toContain('FAULTLINE_OWNER_EMAIL')
    expect(readMistakes({ SMTP_URL: 'smtp://localhost' })[0]).toContain('MAIL_FROM')
  })

  it('reads a database on a Unix socket, and with TLS', () => {
    expect(readConfig({ DATABASE_URL: 'postgres://me:p%40ss@/faultline?host=/run/postgresql' }).database).toEqual({
      host: '/run/postgresql',
      port: 5432,
      user: 'me',
      password: 'p@ss',
      database: 'faultline',
      ssl: false,
    })
    const { database } = readConfig({ DATABASE_URL: 'postgresql://me@db.example.com:6432/faultline?sslmode=require' })
    expect(database).toMatchObject({ host: 'db.example.com', port: 6432, ssl: { rejectUnauthorized: false } })
  })

  it('reads lists of hosts and ranges', () => {
    const { http, outboundAllow } = readConfig({
      FAULTLINE_TRUSTED_PROXIES: '10.0.0.0/8, 2001:db8::1',
      FAULTLINE_OUTBOUND_ALLOW: 'Sentry.internal,192.168.1.5',
    })
    expect(http.trustedProxies.map(([address, bits]) => `${address.toString()}/${bits}`)).toEqual([
      '10.0.0.0/8',
      '2001:db8::1/128',
    ])
    expect(outboundAllow.hosts).toEqual(['sentry.internal'])
    expect(outboundAllow.ranges).toHaveLength(1)
  })
})
