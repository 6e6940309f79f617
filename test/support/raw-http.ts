// As much of HTTP/1.1 as it takes to cut a stream of bytes into requests and answers, and to leave them as they are.

const HEAD_END = Buffer.from('\r\n\r\n')

export interface Answer {
  status: number
  headers: Map<string, string>
  body: string
}

/** @returns the head without the empty line, and the body without chunked framing. */
export function splitRequest(bytes: Buffer): { head: string; body: Buffer } {
  const { head, headEnd } = splitHead(bytes) ?? { head: '', headEnd: 0 }
  const body = bytes.subarray(headEnd)
  return { head, body: isChunked(head) ? joinChunks(body) : body }
}

function splitHead(bytes: Buffer): { head: string; headEnd: number } | null {
  const end = bytes.indexOf(HEAD_END)
  return end < 0 ? null : { head: bytes.subarray(0, end).toString('latin1'), headEnd: end + HEAD_END.length }
}

/** @returns behind which byte the first request ends, or -1 while it is not whole. */
export function findRequestEnd(bytes: Buffer): number {
  const split = splitHead(bytes)
  if (split === null) return -1
  const end = isChunked(split.head) ? findChunksEnd(bytes, split.headEnd) : split.headEnd + readLength(split.head)
  return end > bytes.length ? -1 : end
}

/** @param isEnd no more comes: what has no length ends here. @returns null while it is not whole. */
export function readAnswer(bytes: Buffer, isEnd = false): { answer: Answer; end: number } | null {
  const split = splitHead(bytes)
  if (split === null) return null
  const { head, headEnd } = split
  if (/^HTTP\/1.1 1\d\d/.test(head)) {
    // 100 Continue: the answer comes behind it.
    const final = readAnswer(bytes.subarray(headEnd), isEnd)
    return final === null ? null : { ...final, end: final.end + headEnd }
  }
  const length = /^content-length: *(\d+)/im.exec(head)?.[1]
  const isChunkedAnswer = isChunked(head)
  let end = headEnd + Number(length ?? 0)
  if (isChunkedAnswer) end = findChunksEnd(bytes, headEnd)
  else if (length === undefined && isEnd) end = bytes.length
  else if (length === undefined && !/^HTTP\/1.1 (?:204|304)/.test(head)) return null
  if (end < 0 || end > bytes.length) return null
  const body = bytes.subarray(headEnd, end)
  const [statusLine = '', ...lines] = head.split('\r\n')
  const headers = new Map(
    lines.map((line) => {
      const colon = line.indexOf(':')
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()]
    }),
  )
  const text = (isChunkedAnswer ? joinChunks(body) : body).toString('utf8')
  return { answer: { status: Number(statusLine.split(' ')[1]), headers, body: text }, end }
}

function isChunked(head: string): boolean {
  return /^transfer-encoding: *chunked/im.test(head)
}

function joinChunks(framed: Buffer): Buffer {
  const chunks: Buffer[] = []
  for (let at = 0; at < framed.length;) {
    const chunk = readChunk(framed, at)
    if (chunk === null || chunk.size === 0) break
    chunks.push(framed.subarray(chunk.start, chunk.start + chunk.size))
    at = chunk.start + chunk.size + 2
  }
  return Buffer.concat(chunks)
}

function readChunk(bytes: Buffer, at: number): { size: number; start: number } | null {
  const lineEnd = bytes.indexOf('\r\n', at)
  if (lineEnd < 0) return null
  const size = Number.parseInt(bytes.subarray(at, lineEnd).toString('latin1'), 16)
  return Number.isNaN(size) ? null : { size, start: lineEnd + 2 }
}

/** @returns behind which byte the last chunk ends, or -1. */
function findChunksEnd(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length;) {
    const chunk = readChunk(bytes, at)
    if (chunk === null) return -1
    at = chunk.start + chunk.size + 2
    if (chunk.size === 0) return at
  }
  return -1
}

function readLength(head: string): number {
  return Number(/^content-length: *(\d+)/im.exec(head)?.[1] ?? 0)
}
