// What one operation may ask for. Tokens and aliases are counted in the text, depth and cost with its variables, where a
// list costs as many times its rows as it asks for. The numbers leave ten times the room that our own pages need.

import { complexityFromQuery } from '@pothos/plugin-complexity'
import {
  getOperationAST,
  GraphQLError,
  Kind,
  parse,
  type DefinitionNode,
  type ExecutionArgs,
  type ValidationRule,
} from 'graphql'
import type { Plugin } from 'graphql-yoga'

export const LIMITS = {
  bodyBytesMax: 1024 * 1024,
  tokensMax: 5_000,
  aliasesMax: 30,
  depthMax: 15,
  costMax: 50_000,
}

export const useLimits: Plugin = {
  onParse({ setParseFn }) {
    setParseFn((source: string, options?: object) => {
      try {
        return parse(source, { ...options, maxTokens: LIMITS.tokensMax })
      } catch (error) {
        // The parser calls itself for each level, and fewer tokens than allowed may be deeper than the stack.
        if (error instanceof RangeError) throw refuse('The operation is nested too deeply.')
        throw error
      }
    })
  },
  onValidate({ addValidationRule }) {
    addValidationRule(limitAliases)
    return ({ valid, result }) => {
      // Yoga would say GRAPHQL_VALIDATION_FAILED, which is not one of the codes that clients know.
      if (!valid) for (const error of result as GraphQLError[]) Object.assign(error.extensions, { code: 'INVALID' })
    }
  },
  onExecute({ args, setResultAndStopExecution }) {
    const error = findExcess(args as ExecutionArgs)
    if (error !== null) setResultAndStopExecution({ errors: [error] })
  },
  onSubscribe({ args, setResultAndStopExecution }) {
    const error = findExcess(args as ExecutionArgs)
    if (error !== null) setResultAndStopExecution({ errors: [error] })
  },
}

/** Each alias may be a query of its own. */
const limitAliases: ValidationRule = (context) => {
  let aliases = 0
  return {
    Field(node) {
      if (node.alias === undefined) return
      aliases += 1
      if (aliases === LIMITS.aliasesMax + 1)
        context.reportError(refuse(`At most ${LIMITS.aliasesMax} aliases are allowed.`))
    },
  }
}

function findExcess(args: ExecutionArgs): GraphQLError | null {
  const measured = measure(args)
  if (measured === null) return null
  const { depth, complexity } = measured
  if (depth > LIMITS.depthMax) return refuse(`The operation is ${depth} levels deep; ${LIMITS.depthMax} are allowed.`)
  if (complexity > LIMITS.costMax) {
    return refuse(`The operation costs ${complexity}; ${LIMITS.costMax} is allowed. Ask for fewer rows or fields.`)
  }
  return null
}

/** @returns null where there is nothing to measure: execution tells what is wrong with the variables or the name. */
function measure({ schema, document, operationName, variableValues, contextValue }: ExecutionArgs) {
  const operation = getOperationAST(document, operationName)
  if (!operation) return null
  const isWanted = (definition: DefinitionNode) =>
    definition.kind !== Kind.OPERATION_DEFINITION || definition === operation
  const wanted = { ...document, definitions: document.definitions.filter(isWanted) }
  try {
    return complexityFromQuery(wanted, { schema, ctx: contextValue as object, variables: { ...variableValues } })
  } catch (error) {
    if (error instanceof GraphQLError) return null
    throw error
  }
}

function refuse(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: 'INVALID' } })
}
