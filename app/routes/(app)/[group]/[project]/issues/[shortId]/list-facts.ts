// What stands out of an event's contexts: on what it ran. `os`, `browser`, `runtime`, `device` are Sentry's names.

import { words } from '#lib/words.ts'

export interface Fact {
  name: string
  value: string
}

export function listFacts(contexts: unknown): Fact[] {
  return [
    { name: words.facts.browser, value: nameWithVersion(readContext(contexts, 'browser')) },
    { name: words.facts.runtime, value: nameWithVersion(readContext(contexts, 'runtime')) },
    { name: words.facts.os, value: nameWithVersion(readContext(contexts, 'os')) },
    { name: words.facts.device, value: nameDevice(readContext(contexts, 'device')) },
  ].filter((fact) => fact.value !== '')
}

function readContext(contexts: unknown, key: string): Record<string, unknown> {
  const value = isRecord(contexts) ? contexts[key] : null
  return isRecord(value) ? value : {}
}

function nameWithVersion(context: Record<string, unknown>): string {
  return [context['name'], context['version']].filter(isText).join(' ')
}

function nameDevice(device: Record<string, unknown>): string {
  return [device['brand'], device['model'] ?? device['family'] ?? device['name']].filter(isText).join(' ')
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== ''
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === 'object' && !Array.isArray(value)
}
