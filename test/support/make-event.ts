import { randomUUID } from 'node:crypto'

export interface TestEvent {
  event_id: string
  [field: string]: unknown
}

/** An error event as SDKs write them. Events of the same `type` are one issue. */
export function makeEvent({
  type = 'TestError',
  ...fields
}: { type?: string; [field: string]: unknown } = {}): TestEvent {
  return {
    event_id: randomUUID().replaceAll('-', ''),
    timestamp: Date.now() / 1000,
    platform: 'node',
    level: 'error',
    exception: {
      values: [
        {
          type,
          value: 'it broke',
          stacktrace: {
            frames: [
              { function: 'main', filename: 'src/main.js', lineno: 3, in_app: true },
              {
                function: `fail${type}`,
                filename: 'src/fail.js',
                lineno: 7,
                in_app: true,
                pre_context: ['function fail() {'],
                context_line: '  throw error',
                post_context: ['}'],
              },
            ],
          },
        },
      ],
    },
    ...fields,
  }
}

export function makeEnvelope(event: TestEvent): string {
  return `${JSON.stringify({ event_id: event.event_id })}\n{"type":"event"}\n${JSON.stringify(event)}\n`
}
