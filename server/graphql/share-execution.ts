// One change is sent to many subscribers, most of whom ask for the same fields: the dashboards of a team. So a message is
// executed once for all who have the same document, the same variables and the same rights, and not once for each: with a
// hundred of them that was most of what the process did.

import {
  createSourceEventStream,
  executeSubscriptionEvent,
  mapSourceToResponseEvent,
  validateSubscriptionArgs,
  type DocumentNode,
  type ExecutionArgs,
  type ExecutionResult,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'
import { describeRights } from '../auth/viewer.ts'
import type { Context } from './context.ts'

type Result = ExecutionResult | Promise<ExecutionResult>

export const useSharedExecution: Plugin = {
  onSubscribe({ setSubscribeFn }) {
    setSubscribeFn((args: ExecutionArgs) => subscribe(args))
  },
}

/** By what is sent (an event, an issue's change), which is one object for all subscribers. */
const results = new WeakMap<object, Map<string, Result>>()

async function subscribe(args: ExecutionArgs) {
  const validated = validateSubscriptionArgs(args)
  if (!('schema' in validated)) return { errors: validated }
  const source = await createSourceEventStream(validated)
  if (!(Symbol.asyncIterator in source)) return source
  const operation = describeOperation(args)
  return mapSourceToResponseEvent(validated, source, (argsOfMessage) => {
    // Anew for each message: the subscriber's rights may have changed.
    const key = operation + describeRights((argsOfMessage.contextValue as Context).viewer)
    const message = argsOfMessage.rootValue as object
    let ofMessage = results.get(message)
    if (ofMessage === undefined) results.set(message, (ofMessage = new Map()))
    let result = ofMessage.get(key)
    if (result === undefined) ofMessage.set(key, (result = executeSubscriptionEvent(argsOfMessage as typeof validated)))
    return result
  })
}

function describeOperation({ document, operationName, variableValues }: ExecutionArgs): string {
  return JSON.stringify([numberDocument(document), operationName, variableValues])
}

const documentNumbers = new WeakMap<DocumentNode, number>()
let lastDocumentNumber = 0

/** Equal texts are one document: Yoga remembers what it has parsed. */
function numberDocument(document: DocumentNode): number {
  let number = documentNumbers.get(document)
  if (number === undefined) documentNumbers.set(document, (number = lastDocumentNumber += 1))
  return number
}
