import type { IncomingMessage } from 'node:http'
import ipaddr from 'ipaddr.js'
import { describe, expect, it } from 'vitest'
import { createClientAddress } from '../../../server/http/client-address.ts'

const clientAddress = createClientAddress([ipaddr.parseCIDR('127.0.0.0/8'), ipaddr.parseCIDR('10.0.0.0/8')])

function request(remoteAddress: string | undefined, forwardedFor?: string): IncomingMessage {
  return { socket: { remoteAddress }, headers: { 'x-forwarded-for': forwardedFor } } as unknown as IncomingMessage
}

describe('clientAddress', () => {
  it('is the address of the connection where no proxy tells another', () => {
    expect(clientAddress(request('203.0.113.9'))).toBe('203.0.113.9')
    expect(clientAddress(request('::ffff:203.0.113.9'))).toBe('203.0.113.9')
  })

  it('is empty when the connection is gone', () => {
    expect(clientAddress(request(undefined, '203.0.113.9'))).toBe('')
  })

  it('does not believe whoever is not trusted', () => {
    expect(clientAddress(request('203.0.113.9', '198.51.100.1'))).toBe('203.0.113.9')
  })

  it('believes trusted proxies, and nobody before the first that is not', () => {
    expect(clientAddress(request('127.0.0.1', '198.51.100.1'))).toBe('198.51.100.1')
    expect(clientAddress(request('127.0.0.1', '1.1.1.1, 198.51.100.1, 10.0.0.7'))).toBe('198.51.100.1')
  })

  it('reads addresses with a port, and IPv6', () => {
    expect(clientAddress(request('127.0.0.1', '198.51.100.1:4711'))).toBe('198.51.100.1')
    expect(clientAddress(request('127.0.0.1', '[2001:db8::5]:4711'))).toBe('2001:db8::5')
    expect(clientAddress(request('127.0.0.1', '2001:db8::5'))).toBe('2001:db8::5')
  })

  it('stops at what is no address', () => {
    expect(clientAddress(request('127.0.0.1', 'unknown'))).toBe('127.0.0.1')
    expect(clientAddress(request('127.0.0.1', '198.51.100.1, <script>, 10.0.0.7'))).toBe('10.0.0.7')
  })
})
