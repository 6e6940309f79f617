// What SDKs may be set to send that Faultline does not take: answered 200, so that they do not try again, and counted under
// its name.

import type { Endpoint } from './endpoints.ts'
import { respondEmpty } from './respond.ts'

export const OTHERS: Endpoint = {
  name: 'others',
  path: /^(?:integration\/)?(?<what>otlp\/v1\/(?:traces|logs|metrics)|playstation)$/,
  methods: ['POST'],
  refusesBadItem: false,
  read: ({ params, body }) => ({
    header: {},
    items: [{ type: (params['what'] ?? '').replaceAll('/', '_'), header: {}, payload: body }],
  }),
  respond: (response) => respondEmpty(response, 200),
}
