// Search, in Go.

import { libraryFrame, ownFrame } from '../program.ts'
import type { Program } from '../program.ts'

const ROOT = '/build/search'

const netHttp = libraryFrame({
  function: 'HandlerFunc.ServeHTTP',
  filename: 'net/http/server.go',
  abs_path: '/usr/local/go/src/net/http/server.go',
  module: 'net/http',
  lineno: 2294,
})

export const search: Program = {
  name: 'search',
  platform: 'go',
  sdk: { name: 'sentry.go', version: '0.50.0' },
  environments: ['production', 'staging'],
  contexts: (dice) => ({
    runtime: { name: 'go', version: 'go1.25.3', go_maxprocs: 8, go_numroutines: dice.roll(80, 900) },
    device: { arch: 'amd64', num_cpu: 8 },
    os: { name: 'linux' },
  }),
  failures: [
    {
      weight: 6,
      transaction: 'GET /search',
      handled: true,
      exceptions: (dice) => [
        { type: '*net.OpError', value: `dial tcp 10.7.0.${dice.roll(2, 200)}:9200: i/o timeout`, frames: [] },
        {
          type: '*index.QueryError',
          value: `query of shard ${dice.roll(0, 11)}: dial tcp: i/o timeout`,
          frames: [
            netHttp,
            ownFrame(
              {
                function: '(*Server).search',
                filename: 'server/search.go',
                abs_path: `${ROOT}/server/search.go`,
                module: 'example.com/search/server',
                lineno: 71,
              },
              `
	ctx, cancel := context.WithTimeout(r.Context(), s.timeout)
	defer cancel()

»	hits, err := s.index.Query(ctx, terms)
	if err != nil {
		sentry.CaptureException(err)`,
            ),
            ownFrame(
              {
                function: '(*Index).Query',
                filename: 'index/query.go',
                abs_path: `${ROOT}/index/query.go`,
                module: 'example.com/search/index',
                lineno: 118,
              },
              `
		if err := shard.ask(ctx, terms, hits); err != nil {
			i.metrics.failed.Inc()
»			return nil, &QueryError{Shard: shard.Number, Err: err}
		}
	}`,
            ),
          ],
        },
      ],
      breadcrumbs: (dice) => [
        { secondsBefore: 2.1, category: 'index', message: `${dice.roll(2, 12)} shards asked`, level: 'info' },
        { secondsBefore: 0.1, category: 'index', message: 'shard did not answer in time', level: 'warning' },
      ],
      request: (dice) => ({
        method: 'GET',
        url: 'https://search.example.com/search',
        query_string: `q=${dice.pick(['boots', 'rain+jacket', 'tent', 'headlamp'])}&page=${dice.roll(1, 4)}`,
      }),
    },
    {
      weight: 2,
      transaction: 'GET /suggest',
      level: 'fatal',
      handled: false,
      exceptions: (dice) => [
        {
          type: 'runtime.boundsError',
          value: `runtime error: index out of range [${dice.roll(5, 9)}] with length 5`,
          frames: [
            netHttp,
            ownFrame(
              {
                function: 'completions',
                filename: 'suggest/trie.go',
                abs_path: `${ROOT}/suggest/trie.go`,
                module: 'example.com/search/suggest',
                lineno: 52,
              },
              `
func (t *Trie) completions(prefix string, limit int) []string {
	node := t.walk(prefix)
	words := make([]string, 0, limit)
	for rank := 0; rank < limit; rank++ {
»		words = append(words, node.ranked[rank].word)
	}
	return words`,
            ),
          ],
        },
      ],
      breadcrumbs: () => [{ secondsBefore: 0.02, category: 'http', message: 'GET /suggest' }],
    },
  ],
}
