/** What a token may be used for; server/auth/can.ts has what each allows. */
export const SCOPES = ['api', 'read_api', 'project:read', 'event:read', 'event:write', 'project:releases'] as const
export type Scope = (typeof SCOPES)[number]

const INCLUDED: Partial<Record<Scope, readonly Scope[]>> = {
  api: SCOPES,
  read_api: ['project:read', 'event:read'],
}

/** Whether another one of them allows all that `scope` does. */
export function isIncluded(scope: Scope, chosen: readonly Scope[]): boolean {
  return chosen.some((other) => other !== scope && INCLUDED[other]?.includes(scope))
}
