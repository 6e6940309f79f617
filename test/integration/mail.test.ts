import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { createMail, type Mail } from '../../server/mail/mail.ts'
import { createLogRecorder, type LogRecorder } from '../support/log-recorder.ts'
import { startSmtpServer, type TestSmtpServer } from '../support/start-smtp-server.ts'
import { until } from '../support/until.ts'

const message = {
  to: 'ada@example.com',
  subject: 'Set a new password',
  text: `Hello – open https://errors.example.com/-/reset#${'secret'.repeat(12)} now.`,
  kind: 'password reset',
}

let smtp: TestSmtpServer
let log: LogRecorder
let mail: Mail

beforeEach(async () => {
  smtp = await startSmtpServer()
  log = createLogRecorder()
  mail = open(smtp.url)
})
afterEach(async () => {
  await mail.stop()
  await smtp.stop()
  log.check()
})

function open(smtpUrl: string): Mail {
  return createMail({
    config: { smtpUrl, from: 'Faultline <errors@example.com>' },
    log: log.log,
    retryAfterMs: [1, 1, 1],
  })
}

const logged = (text: string) => until(() => log.lines.find(({ msg }) => msg?.includes(text)))

describe('mail', () => {
  it('is sent with the name and password of SMTP_URL, unchanged in any letter', async () => {
    mail.send(message)
    const { from, to, subject, text } = await smtp.mailTo(message.to)
    expect({ from, to, subject, text }).toEqual({
      from: 'errors@example.com',
      to: [message.to],
      subject: message.subject,
      text: message.text,
    })
  })

  it('is tried again when the server cannot take it now', async () => {
    smtp.refusal = { responseCode: 451, message: 'try later', times: 2 }
    mail.send(message)
    await smtp.mailTo(message.to)
    expect([smtp.refused, smtp.mails.length]).toEqual([2, 1])
  })

  it('is given up after the last try', async () => {
    smtp.refusal = { responseCode: 451, message: 'try later', times: Infinity }
    mail.send(message)
    await logged('could not be sent')
    await until(() => log.lines.some(({ msg }) => msg === 'a mail could not be sent'))
    expect(smtp.refused).toBe(4)
  })

  it('is given up at once when the server says no for good', async () => {
    smtp.refusal = { responseCode: 550, message: 'no such person', times: 1 }
    mail.send(message)
    expect(await logged('could not be sent')).toMatchObject({ kind: 'password reset', code: 'EMESSAGE' })
    expect(smtp.refused).toBe(1)
  })

  it('logs neither the address, nor the text, nor what a server quotes of it', async () => {
    smtp.refusal = { responseCode: 554, message: `blocked ${message.text} for ${message.to}`, times: 1 }
    mail.send(message)
    expect(await logged('could not be sent')).toMatchObject({ reason: expect.stringContaining('554 blocked') })
    mail.send(message)
    await logged('was sent')
    const everything = JSON.stringify(log.lines)
    for (const secret of ['secretsecret', message.to, 'mail:secret', encodeURIComponent('mail:secret/')]) {
      expect(everything).not.toContain(secret)
    }
  })

  it.each([
    ['a wrong password', () => smtp.url.replace('mail%3Asecret', 'wrong'), 'EAUTH'],
    ['a server that is not there', () => 'smtp://127.0.0.1:1', 'ESOCKET'],
  ])('is checked at the start: %s is told in the log', async (_what, url, code) => {
    const wrong = open(url())
    expect(await logged('check SMTP_URL')).toMatchObject({ code })
    await wrong.stop()
  })

  it('waits for what is being sent before the process ends, and says what is lost', async () => {
    for (let count = 0; count < 5; count += 1) mail.send(message)
    await mail.stop()
    expect(smtp.mails.length).toBeGreaterThanOrEqual(2)
    expect(log.lines.find(({ msg }) => msg?.includes('are lost'))?.lost).toBe(5 - smtp.mails.length)
  })

  it('keeps a thousand messages at most', async () => {
    smtp.refusal = { responseCode: 451, message: 'try later', times: Infinity }
    for (let count = 0; count < 1_010; count += 1) mail.send(message)
    expect(log.lines.filter(({ msg }) => msg?.includes('too many mails')).length).toBeGreaterThan(0)
  })
})

it('without SMTP_URL mail is off, and what is sent all the same is told in the log', async () => {
  const off = createMail({ config: null, log: log.log })
  expect(off.isOn).toBe(false)
  off.send(message)
  expect(await logged('mail is off')).toMatchObject({ kind: 'password reset' })
  await off.stop()
})
