// `/minidump/`: a crash report of Crashpad, Breakpad or Electron, as a form with files or as the bare file.

import { decodeBody } from './decode-body.ts'
import { toItem } from './attachments-endpoint.ts'
import type { Endpoint, EndpointRequest } from './endpoints.ts'
import { IngestError } from './ingest-error.ts'
import { addMinidumpFacts, describeMinidump, makeCrashEnvelope } from './make-crash-event.ts'
import type { EnvelopeItem } from './parse-envelope.ts'
import { isMinidump, parseMinidump } from './parse-minidump.ts'
import { readCrashForm } from './read-crash-form.ts'
import { addNativeEvent, NATIVE_FILES } from './read-native-event.ts'
import { readMultipart, type FormFile, type MultipartForm } from './read-multipart.ts'
import { respondCrash } from './respond.ts'

const DUMP_FIELD = 'upload_file_minidump'

export const MINIDUMP: Endpoint = {
  name: 'minidump',
  path: /^minidump$/,
  methods: ['POST'],
  refusesBadItem: false,
  async read(request) {
    const { fields, files } = await readForm(request)
    const file = files.find(({ field }) => field === DUMP_FIELD)
    if (file === undefined) throw new IngestError(400, `missing minidump: the field ${DUMP_FIELD}`, { code: 'invalid' })
    let dump = await unpack(file.bytes, request)
    const boundary = readBoundary(dump)
    if (boundary !== null) {
      const inner = await readMultipart({ ...request, body: dump, contentTypeSent: formType(boundary) })
      fields.push(...inner.fields)
      dump = inner.files.find(({ field }) => field === DUMP_FIELD)?.bytes ?? dump
    }
    if (!isMinidump(dump)) throw new IngestError(400, 'invalid minidump', { code: 'invalid' })
    const summary = parseMinidump(dump)
    const items = files.map((each): EnvelopeItem =>
      each === file ? toItem({ ...file, bytes: dump }, 'event.minidump') : toItem(each, NATIVE_FILES.get(each.field)),
    )
    const crash = { type: 'Minidump', value: describeMinidump(summary), mechanism: 'minidump' } as const
    const about = addNativeEvent(readCrashForm(fields), items)
    return makeCrashEnvelope(addMinidumpFacts(about, summary), crash, items)
  },
  respond: respondCrash,
}

async function readForm(request: EndpointRequest): Promise<MultipartForm> {
  if (request.contentType.startsWith('multipart/form-data')) return readMultipart(request)
  const file: FormFile = { field: DUMP_FIELD, name: 'minidump.dmp', contentType: '', bytes: request.body }
  return { fields: [], files: [file] }
}

/** Some versions of Electron put the whole form into the file of another one. @returns null where it is none. */
function readBoundary(bytes: Buffer): string | null {
  return /^--([\w'()+,./:=?-]{1,70})\r?\n/.exec(bytes.toString('latin1', 0, 80))?.[1] ?? null
}

function formType(boundary: string): string {
  return `multipart/form-data; boundary="${boundary}"`
}

/** The file itself may be compressed, whatever the request's encoding. */
async function unpack(bytes: Buffer, { budget, reservation }: EndpointRequest): Promise<Buffer> {
  if (bytes.length < 4) return bytes
  if (bytes.readUInt16BE(0) === 0x1f8b) return decodeBody(bytes, 'gzip', budget, reservation)
  if (bytes.readUInt32BE(0) === 0x28b52ffd) return decodeBody(bytes, 'zstd', budget, reservation)
  return bytes
}
