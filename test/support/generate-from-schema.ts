// Arbitrary values from a JSON schema of draft 7, as far as Relay's schema of events uses it: what an SDK sends that does all
// as it should. Everything is optional, since SDKs leave out what they like, and texts are now and then not what their field is for.

import fc from 'fast-check'
import type { Json, JsonObject } from '../../server/domain/event.ts'

interface Schema {
  $ref?: string
  type?: string | string[]
  anyOf?: Schema[]
  oneOf?: Schema[]
  allOf?: Schema[]
  enum?: Json[]
  format?: string
  properties?: { [name: string]: Schema }
  additionalProperties?: boolean | Schema
  items?: Schema | Schema[]
}

export interface RootSchema extends Schema {
  definitions: { [name: string]: Schema }
}

const DEPTH_MAX = 7
const ITEMS_MAX = 3

const TEXTS = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary', maxLength: 24 }) },
  {
    weight: 3,
    arbitrary: fc.constantFrom(
      ...[
        'error',
        'fatal',
        'javascript',
        'python',
        'native',
        'node',
        'GET',
        'https://shop.example/a?b=c#d',
        '{{auto}}',
      ],
      ...['0x7f00', '127.0.0.1', '{{ default }}', 'TypeError: x is undefined', 'a=1&b=2', '{"a":[1]}', '%s of {0}', ''],
    ),
  },
)
const SCALARS: fc.Arbitrary<Json> = fc.oneof(TEXTS, fc.integer(), fc.boolean(), fc.constant(null))
const UUIDS = fc.uuid().chain((id) => fc.constantFrom(id, id.replaceAll('-', ''), id.toUpperCase()))

export function generateFromSchema(root: RootSchema): fc.Arbitrary<Json> {
  function generate(schema: Schema | boolean, depth: number): fc.Arbitrary<Json> {
    if (typeof schema === 'boolean' || depth > DEPTH_MAX) return SCALARS
    if (schema.$ref !== undefined) return generate(resolve(schema.$ref), depth)
    const choices = schema.anyOf ?? schema.oneOf
    if (choices !== undefined) return fc.oneof(...choices.map((choice) => generate(choice, depth)))
    if (schema.allOf !== undefined) return generate(schema.allOf[0] ?? true, depth)
    if (schema.enum !== undefined) return fc.constantFrom(...schema.enum)
    const types = Array.isArray(schema.type) ? schema.type : [schema.type ?? 'any']
    return fc.oneof(...types.map((type) => generateType(schema, type, depth)))
  }

  function generateType(schema: Schema, type: string, depth: number): fc.Arbitrary<Json> {
    switch (type) {
      case 'null':
        return fc.constant(null)
      case 'boolean':
        return fc.boolean()
      case 'integer':
        return fc.oneof(fc.nat(), fc.maxSafeInteger())
      case 'number':
        return fc.oneof(fc.double({ noNaN: true }), fc.integer({ min: 1_700_000_000, max: 1_900_000_000 }))
      case 'string':
        return schema.format === 'uuid' ? UUIDS : TEXTS
      case 'array':
        return generateArray(schema.items ?? true, depth)
      case 'object':
        return generateObject(schema, depth)
      default:
        return SCALARS
    }
  }

  function generateArray(items: Schema | Schema[] | true, depth: number): fc.Arbitrary<Json> {
    if (Array.isArray(items)) return fc.tuple(...items.map((item) => generate(item, depth + 1)))
    return fc.array(generate(items, depth + 1), { maxLength: ITEMS_MAX })
  }

  function generateObject({ properties = {}, additionalProperties = true }: Schema, depth: number): fc.Arbitrary<Json> {
    const known = Object.entries(properties)
    const own = fc.record(
      Object.fromEntries(known.map(([name, schema]) => [name, fc.option(generate(schema, depth + 1))])),
      {
        requiredKeys: [],
      },
    )
    if (additionalProperties === false || (known.length > 0 && depth === 0)) return own as fc.Arbitrary<JsonObject>
    const more = fc.dictionary(TEXTS, generate(additionalProperties, depth + 1), { maxKeys: ITEMS_MAX })
    return fc.tuple(own, more).map(([object, others]) => ({ ...others, ...object }) as JsonObject)
  }

  function resolve(ref: string): Schema {
    const found = root.definitions[ref.slice('#/definitions/'.length)]
    if (found === undefined) throw new Error(`the schema has no ${ref}`)
    return found
  }

  return generate(root, 0)
}
