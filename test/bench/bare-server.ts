// The yardstick of bench:ingest: `node:http` that reads the body, JSON-parses the event, and answers.

import { createServer } from 'node:http'

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    const body = Buffer.concat(chunks)
    const itemAt = body.indexOf(0x0a) + 1
    const eventAt = body.indexOf(0x0a, itemAt) + 1
    const header = JSON.parse(body.toString('utf8', 0, itemAt)) as { event_id: string }
    JSON.parse(body.toString('utf8', eventAt))
    const answer = `{"id":"${header.event_id}"}`
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': answer.length })
    response.end(answer)
  })
})
server.keepAliveTimeout = 70_000
server.listen(0, '127.0.0.1', () => process.send?.({ port: (server.address() as { port: number }).port }))
