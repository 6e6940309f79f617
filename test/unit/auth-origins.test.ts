import { expect, it } from 'vitest'
import { listOwnOrigins } from '../../server/auth/origins.ts'

it('takes the loopback names for each other, on the same port', () => {
  const origins = ['http://localhost:4000', 'http://127.0.0.1:4000', 'http://[::1]:4000']
  expect(listOwnOrigins('http://localhost:4000')).toEqual(origins)
  expect(listOwnOrigins('http://[::1]:4000')).toEqual(origins)
  expect(listOwnOrigins('http://localhost')).toEqual(['http://localhost', 'http://127.0.0.1', 'http://[::1]'])
})

it('takes any other public URL by its word', () => {
  expect(listOwnOrigins('https://errors.example.com')).toEqual(['https://errors.example.com'])
  expect(listOwnOrigins('https://errors.example.com:8443/')).toEqual(['https://errors.example.com:8443'])
})
