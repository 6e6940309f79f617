// Mail, for whoever has something to say to a person. Messages wait in memory and are sent two at a time; what a server
// cannot take now is tried again for a quarter of an hour, and what waits when the process ends is lost: whoever asked
// for it asks again. The SMTP server is the operator's own choice, so it may be private. Nothing that a message says is
// ever logged, nor its address: a message may hold a link that stands for a password.

import { createTransport, type Transporter } from 'nodemailer'
import type { Config } from '../config.ts'
import type { Logger } from '../log.ts'
import { describeMailFailure, isPermanent } from './mail-failure.ts'

export interface MailMessage {
  to: string
  subject: string
  /** Plain text. */
  text: string
  /** Names the message in the log: `password reset`. */
  kind: string
}

export interface Mail {
  /** False without SMTP_URL: then nothing may be sent, and pages say so. */
  readonly isOn: boolean
  /** Never throws, never waits. */
  send(message: MailMessage): void
  /** Waits for what is being sent, for a few seconds. */
  stop(): Promise<void>
}

interface MailOptions {
  /** null: mail is off. */
  config: Config['mail']
  log: Pick<Logger, 'info' | 'warn'>
  /** How long to wait after each failed try, in milliseconds; after the last one a message is given up. */
  retryAfterMs?: readonly number[]
}

const SENDING_MAX = 2
const WAITING_MAX = 1_000
const RETRY_AFTER_MS = [5_000, 30_000, 120_000, 300_000, 600_000]
const STOP_MAX_MS = 3_000
const TIMEOUTS = { connectionTimeout: 10_000, greetingTimeout: 10_000, socketTimeout: 30_000 }

interface Entry {
  message: MailMessage
  failures: number
}

export function createMail({ config, log, retryAfterMs = RETRY_AFTER_MS }: MailOptions): Mail {
  if (config === null) {
    const send = ({ kind }: MailMessage) => log.warn({ kind }, 'mail is off: a message was not sent')
    return { isOn: false, send, stop: () => Promise.resolve() }
  }
  const transport = createTransport(
    { url: config.smtpUrl, pool: true, maxConnections: SENDING_MAX, ...TIMEOUTS },
    { from: config.from, disableFileAccess: true, disableUrlAccess: true },
  )
  void reportFirstFailure(transport, log)
  const queue: Entry[] = []
  const retries = new Set<NodeJS.Timeout>()
  const sending = new Set<Promise<void>>()
  let stopped = false

  function sendNext(): void {
    while (!stopped && sending.size < SENDING_MAX) {
      const entry = queue.shift()
      if (entry === undefined) return
      const work = sendEntry(entry).finally(() => {
        sending.delete(work)
        sendNext()
      })
      sending.add(work)
    }
  }

  async function sendEntry(entry: Entry): Promise<void> {
    const { to, subject, text, kind } = entry.message
    try {
      await transport.sendMail({ to, subject, text })
      log.info({ kind }, 'a mail was sent')
    } catch (error) {
      const waitMs = isPermanent(error) ? undefined : retryAfterMs[entry.failures]
      const reason = describeMailFailure(error)
      if (waitMs === undefined || stopped) return log.warn({ kind, ...reason }, 'a mail could not be sent')
      log.warn({ kind, ...reason, againAfterMs: waitMs }, 'a mail could not be sent yet')
      const timer = setTimeout(() => {
        retries.delete(timer)
        queue.push({ ...entry, failures: entry.failures + 1 })
        sendNext()
      }, waitMs)
      retries.add(timer.unref())
    }
  }

  return {
    isOn: true,
    send(message) {
      if (queue.length + retries.size >= WAITING_MAX) {
        return log.warn({ kind: message.kind }, 'too many mails are waiting: one was not sent')
      }
      queue.push({ message, failures: 0 })
      sendNext()
    },
    async stop() {
      stopped = true
      for (const timer of retries) clearTimeout(timer)
      const tooLate = new Promise((resolve) => setTimeout(resolve, STOP_MAX_MS).unref())
      await Promise.race([Promise.all(sending), tooLate])
      transport.close()
      const lost = queue.length + retries.size
      if (lost > 0) log.warn({ lost }, 'mails that were waiting are lost with this process')
    },
  }
}

/** A mistake in SMTP_URL shows at the start, and not with the first person who forgot a password. */
async function reportFirstFailure(transport: Transporter, log: Pick<Logger, 'warn'>): Promise<void> {
  try {
    await transport.verify()
  } catch (error) {
    log.warn(describeMailFailure(error), 'the SMTP server cannot be used: check SMTP_URL')
  }
}
