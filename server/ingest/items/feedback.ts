// `feedback` and `user_report`: what a user says about an error. The second is the older form, of which an event has one.

import type { FeedbackStore } from '../feedback-store.ts'
import type { ItemHandler } from '../item-handler.ts'
import { EVENT_BYTES_MAX } from '../limits.ts'
import { readFeedback, readUserReport } from '../read-feedback.ts'

const USER_REPORT_BYTES_MAX = 64 * 1024

export function createFeedbackHandler({ feedback }: { feedback: FeedbackStore }): ItemHandler {
  return {
    types: ['feedback'],
    category: 'feedback',
    payloadBytesMax: EVENT_BYTES_MAX,
    accept: async ({ payload }, context) => feedback.keep(readFeedback(payload, context)),
    stop: () => feedback.stop(),
  }
}

export function createUserReportHandler({ feedback }: { feedback: FeedbackStore }): ItemHandler {
  return {
    types: ['user_report'],
    category: 'user_report_v2',
    payloadBytesMax: USER_REPORT_BYTES_MAX,
    accept: async ({ payload }, context) => feedback.keep(readUserReport(payload, context)),
  }
}
