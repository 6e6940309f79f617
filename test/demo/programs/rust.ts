// The pictures' service at the edge, in Rust.

import { libraryFrame, ownFrame } from '../program.ts'
import type { Program } from '../program.ts'

const ROOT = '/build/pictures'

export const pictures: Program = {
  name: 'pictures',
  platform: 'native',
  sdk: { name: 'sentry.rust', version: '0.49.5' },
  environments: ['production'],
  contexts: () => ({
    runtime: { name: 'rustc', version: '1.90.0', channel: 'stable' },
    os: { name: 'Linux', version: '6.12.41' },
    device: { arch: 'aarch64', family: 'edge' },
  }),
  failures: [
    {
      weight: 4,
      transaction: 'GET /resize',
      level: 'fatal',
      handled: false,
      exceptions: (dice) => [
        {
          type: 'panic',
          value: `called \`Result::unwrap()\` on an \`Err\` value: Truncated { expected: ${dice.roll(2000, 90_000)} }`,
          frames: [
            libraryFrame({
              function: 'tokio::runtime::task::harness::poll_future',
              filename: 'harness.rs',
              module: 'tokio',
              lineno: 535,
            }),
            ownFrame(
              {
                function: 'pictures::resize::handle',
                filename: 'resize.rs',
                abs_path: `${ROOT}/src/resize.rs`,
                module: 'pictures',
                lineno: 44,
              },
              `
pub async fn handle(Query(wanted): Query<Wanted>, State(store): State<Store>) -> Response {
    let original = store.fetch(&wanted.path).await?;
»    let picture = decode(&original).unwrap();
    let small = picture.thumbnail(wanted.width, wanted.height);`,
            ),
            libraryFrame({
              function: 'core::result::unwrap_failed',
              filename: 'result.rs',
              module: 'core',
              lineno: 1765,
            }),
          ],
        },
      ],
      breadcrumbs: (dice) => [
        {
          secondsBefore: 0.05,
          category: 'pictures::store',
          message: `${dice.roll(20, 900)} KiB fetched`,
          level: 'debug',
        },
      ],
      tags: (dice) => ({ 'edge.region': dice.pick(['fra', 'iad', 'gru', 'nrt']) }),
    },
  ],
}
