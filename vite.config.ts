// The dashboard's build: a single-page app without server rendering, since everything stands behind a sign-in. In
// development Vite serves the pages and hands everything else to the server on PORT.

import adapter from '@sveltejs/adapter-static'
import { sveltekit } from '@sveltejs/kit/vite'
import { defineConfig } from 'vite'

const server = `http://localhost:${process.env.PORT ?? 4000}`
/** The server builds links and checks origins by the address it is reached at, so the proxy speaks in its name. */
const proxied = { target: server, changeOrigin: true, headers: { origin: server } }

export default defineConfig(({ command }) => {
  // A build that a test runner starts would inherit its NODE_ENV, and become one for development.
  if (command === 'build') process.env.NODE_ENV = 'production'
  return {
    plugins: [
      sveltekit({
        adapter: adapter({ pages: 'build', fallback: 'index.html', precompress: true }),
        files: { src: 'app', assets: 'app/static' },
        compilerOptions: { runes: true },
      }),
    ],
    build: {
      // Every font and picture is a file of its own: the content policy allows no data: URLs.
      assetsInlineLimit: 0,
    },
    server: {
      proxy: {
        '/graphql': { ...proxied, ws: true, rewriteWsOrigin: true },
        '/api': proxied,
        '/-/auth': proxied,
        '^/-/setup$': { ...proxied, bypass: (request) => (request.method === 'POST' ? undefined : request.url) },
      },
    },
  }
})
