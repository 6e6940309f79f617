import { once } from 'node:events'
import { createServer, type AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { afterEach, describe, expect, it } from 'vitest'
import { listen, type Listener } from '../../server/http/listener.ts'
import { until } from '../support/until.ts'

const noUpgrade = () => undefined
const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'))

describe('listen', () => {
  let listener: Listener | null = null
  afterEach(async () => {
    await listener?.close(0)
    listener = null
  })

  it('listens on both addresses that localhost may mean, on one port', async () => {
    listener = await listen(['127.0.0.1', '::1'], 0)
    listener.open((_request, response) => void response.end('here'), noUpgrade)
    expect(await (await fetch(`http://127.0.0.1:${listener.port}`)).text()).toBe('here')
    expect(await (await fetch(`http://localhost:${listener.port}`)).text()).toBe('here')
  })

  it('lets requests wait that come before everything is up', async () => {
    listener = await listen(['127.0.0.1'], 0)
    const early = fetch(`http://127.0.0.1:${listener.port}/early`, { method: 'POST', body: 'a body' })
    const isAnswered = await Promise.race([
      early.then(() => true),
      new Promise((later) => setTimeout(later, 50, false)),
    ])
    expect(isAnswered).toBe(false)
    listener.open((request, response) => void request.pipe(response), noUpgrade)
    expect(await (await early).text()).toBe('a body')
  })

  it('says which port is in use', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(listen(['127.0.0.1'], port)).rejects.toThrow(`Port ${port} of 127.0.0.1 is in use`)
    other.close()
  })

  it.skipIf(!hasIpv6)('gives back the first address when the second one is taken', async () => {
    const other = createServer().listen(0, '::1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    await expect(listen(['127.0.0.1', '::1'], port)).rejects.toThrow(`Port ${port} of ::1 is in use`)
    other.close()
    await once(other, 'close')
    listener = await listen(['127.0.0.1', '::1'], port)
    expect(listener.port).toBe(port)
  })

  it('answers what is in flight when it closes, and then closes connections that are kept alive', async () => {
    listener = await listen(['127.0.0.1'], 0)
    const { port } = listener
    let finish = () => {}
    let arrived = false
    listener.open((_request, response) => {
      arrived = true
      finish = () => void response.end('done')
    }, noUpgrade)
    const answer = fetch(`http://127.0.0.1:${port}`)
    await until(() => arrived)
    const closed = listener.close(10_000)
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow()
    finish()
    expect(await (await answer).text()).toBe('done')
    await closed
  })

  it('cuts off what is not answered in time', async () => {
    listener = await listen(['127.0.0.1'], 0)
    let arrived = false
    listener.open(() => (arrived = true), noUpgrade)
    const answer = fetch(`http://127.0.0.1:${listener.port}`)
    const failed = expect(answer).rejects.toThrow()
    await until(() => arrived)
    await listener.close(50)
    await failed
  })
})
