import { browserSamples } from './browser/samples.ts'
import { goSamples } from './go/samples.ts'
import { javaSamples } from './java/samples.ts'
import { nodeSamples } from './node/samples.ts'
import { phpSamples } from './php/samples.ts'
import { pythonSamples } from './python/samples.ts'
import { rubySamples } from './ruby/samples.ts'
import { rustSamples } from './rust/samples.ts'
import type { Sample } from './sample.ts'

/** What is built fastest comes first: when time runs out, the least is left out. */
export const SAMPLES: readonly Sample[] = [
  ...nodeSamples,
  ...browserSamples,
  ...pythonSamples,
  ...rubySamples,
  ...phpSamples,
  ...goSamples,
  ...javaSamples,
  ...rustSamples,
]
