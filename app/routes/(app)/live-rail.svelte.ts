// The rail's projects, kept fresh: a dot pulses when an error comes in, and the unresolved counts are asked for again
// when an issue was made or changed its status, at most once in a while.

import { SvelteMap } from 'svelte/reactivity'
import { runQuery } from '#lib/graphql/client.ts'
import { live } from '#lib/graphql/live.svelte.ts'
import type { ResultOf } from '#lib/graphql/graphql.ts'
import { RailChanges, RailProjects } from './layout.gql.ts'

export type RailProject = ResultOf<typeof RailProjects>['projects']['edges'][number]['node']

/** Projects further down keep the counts that they were loaded with. */
const LIVE_PROJECTS_MAX = 20
const REFRESH_AFTER_MS = 1_000
const PULSE_MS = 900

export class LiveRail {
  projects: readonly RailProject[] = $state.raw([])
  /** How often each project's dot has pulsed; the number restarts the animation. */
  pulses = new SvelteMap<string, number>()
  // eslint-disable-next-line svelte/prefer-svelte-reactivity -- limits how often a dot pulses, is never shown itself
  #pulsing = new Set<string>()
  readonly #watchedIds: string[]
  #refreshTimer: ReturnType<typeof setTimeout> | undefined

  constructor(projects: readonly RailProject[]) {
    this.projects = projects
    this.#watchedIds = projects.slice(0, LIVE_PROJECTS_MAX).map(({ id }) => id)
  }

  /** Listens until the returned function is called. */
  listen(): () => void {
    const stops = this.#watchedIds.map((id) =>
      live.subscribe(RailChanges, { project: id }, ({ issueChanged }) => {
        if (issueChanged.kind !== 'STATUS') this.#pulse(id)
        if (issueChanged.kind !== 'UPDATED') this.#refreshSoon()
      }),
    )
    stops.push(live.onReturn(() => this.#refreshSoon()))
    return () => {
      for (const stop of stops) stop()
      clearTimeout(this.#refreshTimer)
    }
  }

  #pulse(projectId: string): void {
    if (this.#pulsing.has(projectId)) return
    this.#pulsing.add(projectId)
    this.pulses.set(projectId, (this.pulses.get(projectId) ?? 0) + 1)
    setTimeout(() => this.#pulsing.delete(projectId), PULSE_MS)
  }

  #refreshSoon(): void {
    if (this.#refreshTimer !== undefined) return
    this.#refreshTimer = setTimeout(() => {
      this.#refreshTimer = undefined
      void this.#refresh()
    }, REFRESH_AFTER_MS)
  }

  async #refresh(): Promise<void> {
    try {
      const { projects } = await runQuery(RailProjects, { projectsMax: Math.max(20, this.projects.length) })
      this.projects = projects.edges.map((edge) => edge.node)
    } catch {
      // The counts stay as they were; the next change asks again.
    }
  }
}
