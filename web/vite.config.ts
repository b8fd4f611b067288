import { existsSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import vue from '@vitejs/plugin-vue'
import { defineConfig } from 'vitest/config'
import { packed } from './shared/build/packed'
import { SHELLS, shellWorkers } from './shared/worker/build'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** The apps, each a page of its own with its own first load. */
const APPS = ['console', 'field', 'citizen'] as const

/** Server that answers /api, /live and /open311 while developing. */
const SERVER = process.env.GRIDLOOP_SERVER ?? 'http://localhost:8000'

export default defineConfig({
  base: '/',
  plugins: [vue(), shellWorkers(SHELLS), packed()],
  resolve: { alias: { '@shared': here('./shared/src') } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    manifest: true,
    // Strict CSP: nothing may become a data: URL except what the page already allows for images.
    assetsInlineLimit: 0,
    rolldownOptions: {
      input: Object.fromEntries(
        APPS.map((app) => [app, here(`./${app}/index.html`)] as const).filter(([, page]) => existsSync(page)),
      ),
    },
  },
  server: {
    proxy: {
      '/api': SERVER,
      '/open311': SERVER,
      '/healthz': SERVER,
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['*/tests/**/*.test.ts'],
    setupFiles: [here('./shared/tests/setup.ts')],
  },
})
