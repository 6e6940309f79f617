// A real SMTP server that keeps what it is sent, and refuses when a test says so.

import type { AddressInfo } from 'node:net'
import { SMTPServer } from 'smtp-server'
import { until } from './until.ts'

interface ReceivedMail {
  from: string
  to: string[]
  subject: string
  text: string
}

export interface TestSmtpServer {
  /** For SMTP_URL, with the name and password that it asks for. */
  url: string
  mails: ReceivedMail[]
  /** How the next `times` messages are answered; null: they are taken. */
  refusal: { responseCode: number; message: string; times: number } | null
  /** Messages that were refused. */
  refused: number
  /** Waits for one. */
  mailTo(address: string): Promise<ReceivedMail>
  stop(): Promise<void>
}

export async function startSmtpServer(): Promise<TestSmtpServer> {
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === 'faultline' && password === 'mail:secret/' ? done(null, { user: username }) : done(new Error('no')),
    onData(stream, { envelope }, done) {
      const chunks: Buffer[] = []
      stream.on('data', (chunk: Buffer) => chunks.push(chunk))
      stream.on('end', () => {
        if (smtp.refusal !== null && smtp.refusal.times > 0) {
          smtp.refused += 1
          smtp.refusal.times -= 1
          const { message, responseCode } = smtp.refusal
          return done(Object.assign(new Error(message), { responseCode }))
        }
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address
        const to = envelope.rcptTo.map(({ address }) => address)
        smtp.mails.push({ from, to, ...readMail(Buffer.concat(chunks).toString('latin1')) })
        done()
      })
    },
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.server.address() as AddressInfo
  const smtp: TestSmtpServer = {
    url: `smtp://faultline:${encodeURIComponent('mail:secret/')}@127.0.0.1:${port}`,
    mails: [],
    refusal: null,
    refused: 0,
    mailTo: (address) => until(() => smtp.mails.find(({ to }) => to.includes(address))),
    stop: () => new Promise((stopped) => server.close(() => stopped())),
  }
  return smtp
}

/** Plain text in one part is all that we send. */
function readMail(source: string): { subject: string; text: string } {
  const end = source.indexOf('\r\n\r\n')
  const headers = source.slice(0, end).replaceAll(/\r\n[ \t]+/g, ' ')
  const header = (name: string) => new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1]?.trim() ?? ''
  const body = source.slice(end + 4)
  const decode = { base64: decodeBase64, 'quoted-printable': decodeQuotedPrintable }[
    header('content-transfer-encoding').toLowerCase()
  ]
  return { subject: header('subject'), text: (decode?.(body) ?? body).replaceAll('\r\n', '\n').trim() }
}

function decodeBase64(body: string): string {
  return Buffer.from(body, 'base64').toString('utf8')
}

function decodeQuotedPrintable(body: string): string {
  const bytes = body
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_all, hex: string) => String.fromCharCode(parseInt(hex, 16)))
  return Buffer.from(bytes, 'latin1').toString('utf8')
}
