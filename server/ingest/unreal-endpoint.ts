// `/unreal/<key>/`: what Unreal Engine's crash reporter sends. Its files are kept, and the event is titled by its context.

import { toItem } from './attachments-endpoint.ts'
import { inflateBody } from './decode-body.ts'
import type { JsonObject } from '../domain/event.ts'
import type { Endpoint } from './endpoints.ts'
import { IngestError } from './ingest-error.ts'
import { addMinidumpFacts, describeMinidump, makeCrashEnvelope } from './make-crash-event.ts'
import type { EnvelopeItem } from './parse-envelope.ts'
import { isMinidump, parseMinidump } from './parse-minidump.ts'
import { parseUnrealContext, parseUnrealFiles, type UnrealContext, type UnrealFile } from './parse-unreal.ts'
import { readCrashForm } from './read-crash-form.ts'
import { addFacts, addNativeEvent, NATIVE_FILES } from './read-native-event.ts'
import { readQuery } from './read-credentials.ts'
import { respondCrash } from './respond.ts'

const CONTEXT_FILE = 'CrashContext.runtime-xml'
const CONTEXT_BYTES_MAX = 1024 * 1024
const USER_ID_CHARS_MAX = 200

export const UNREAL: Endpoint = {
  name: 'unreal',
  path: /^unreal\/(?<key>\w{8,64})$/,
  methods: ['POST'],
  refusesBadItem: false,
  async read({ body, budget, reservation, url }) {
    if (body.length === 0) throw new IngestError(400, 'empty request body', { code: 'empty_body' })
    const files = parseUnrealFiles(await inflateBody(body, budget, reservation).catch(blameFile))
    const contextFile = files.find(({ name }) => name === CONTEXT_FILE)
    const context = parseUnrealContext(contextFile?.bytes.toString('utf8', 0, CONTEXT_BYTES_MAX) ?? '')
    const dump = files.find(({ bytes }) => isMinidump(bytes))
    const summary = dump === undefined ? null : parseMinidump(dump.bytes)
    const items = files.map(toFileItem)
    const about = addNativeEvent(describeContext(context, readQuery(url).get('UserID')), items)
    const crash = {
      type: `Unreal ${context.crashType ?? 'Crash'}`.slice(0, 200),
      value: context.errorMessage ?? (summary === null ? 'Crash' : describeMinidump(summary)),
      mechanism: 'unreal',
    } as const
    return makeCrashEnvelope(summary === null ? about : addMinidumpFacts(about, summary), crash, items)
  },
  respond: respondCrash,
}

/** The zlib stream is the file's own: nothing is wrong with the Content-Encoding, of which the decoder would tell. */
function blameFile(error: unknown): never {
  if (!(error instanceof IngestError) || error.code !== 'invalid_encoding') throw error
  const causes = error.causes.map((cause) => `it is no whole zlib stream: ${cause}`)
  throw new IngestError(400, 'invalid unreal crash report', { causes, code: 'invalid' })
}

function describeContext(context: UnrealContext, userId: string | null): JsonObject {
  const { engineVersion, gameName, buildVersion, platform, crashType } = context
  // `UserID` is `<login>|<epic account>|<operating system's id>`.
  const id = (userId ?? '').split('|', 1)[0]?.slice(0, USER_ID_CHARS_MAX) || context.loginId
  const about: JsonObject = {
    ...(buildVersion !== null && { release: gameName === null ? buildVersion : `${gameName}@${buildVersion}` }),
    ...(id !== null && { user: { id } }),
    contexts: {
      unreal: { crash_type: crashType, engine_version: engineVersion, game_name: gameName, platform_name: platform },
    },
  }
  return context.sentry === null ? about : addFacts(about, readCrashForm([['sentry', context.sentry]]))
}

function toFileItem(file: UnrealFile): EnvelopeItem {
  return toItem({ field: '', name: file.name, contentType: '', bytes: file.bytes }, chooseType(file))
}

function chooseType({ name, bytes }: UnrealFile): string | undefined {
  if (isMinidump(bytes)) return 'event.minidump'
  if (bytes.toString('latin1', 0, 20) === 'Incident Identifier:') return 'event.applecrashreport'
  if (name === CONTEXT_FILE) return 'unreal.context'
  return name.endsWith('.log') ? 'unreal.logs' : NATIVE_FILES.get(name)
}
