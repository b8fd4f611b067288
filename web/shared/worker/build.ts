import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { fileURLToPath, URL } from 'node:url'
import type { Plugin, Rolldown } from 'vite'

/** What the worker of one app keeps and answers. */
export interface Shell {
  app: string
  /** Entry page in the workspace, such as citizen/index.html. */
  entry: string
  /** Where the worker is served from; its folder is its scope. */
  file: string
  /** Address of the page. */
  page: string
  /** Addresses that are this page: equal to one, or beginning with one. */
  routes: string[]
  /** Icons and the like beside the built files. */
  also: string[]
  /** Whether photos of cases are kept too. */
  photos: boolean
  /** Whether the pieces of the base map that were looked at are kept too. */
  map: boolean
  /** Whether pushes are shown: the page of a case by its number, and icon of the notice; null where none come. */
  push: { page: string; icon: string; mine: string; near: string; news: string } | null
}

const template = (): string => readFileSync(fileURLToPath(new URL('./shell.js', import.meta.url)), 'utf8')
/** The map is fetched when it is first opened; it would be three quarters of the shell. */
const LATER = 'maplibre-gl'

type Chunk = Rolldown.OutputChunk & { viteMetadata?: { importedCss: Set<string>; importedAssets: Set<string> } }

/** Emits a service worker per app that knows the files of this build by name. */
export function shellWorkers(shells: readonly Shell[]): Plugin {
  return {
    name: 'gridloop-shell-workers',
    apply: 'build',
    generateBundle(_options, bundle) {
      const chunks = new Map(Object.values(bundle).flatMap((file) => (file.type === 'chunk' ? [[file.fileName, file as Chunk] as const] : [])))
      const source = template()
      for (const shell of shells) {
        const entry = [...chunks.values()].find((chunk) => chunk.isEntry && chunk.facadeModuleId?.endsWith(shell.entry))
        if (!entry) continue
        const files = [...filesOf(entry, chunks)].sort().map((file) => `/${file}`).concat(shell.also)
        const version = createHash('sha256').update(source).update(files.join()).digest('hex').slice(0, 12)
        const told = { app: shell.app, version, page: shell.page, routes: shell.routes, photos: shell.photos, map: shell.map, push: shell.push, files }
        this.emitFile({ type: 'asset', fileName: shell.file, source: source.replace('__SHELL__', JSON.stringify(told)) })
      }
    },
  }
}

function filesOf(entry: Chunk, chunks: ReadonlyMap<string, Chunk>): Set<string> {
  const files = new Set<string>()
  const visit = (name: string): void => {
    const chunk = chunks.get(name)
    if (!chunk || files.has(name)) return
    files.add(name)
    chunk.viteMetadata?.importedCss.forEach((css) => files.add(css))
    chunk.viteMetadata?.importedAssets.forEach((asset) => files.add(asset))
    chunk.imports.forEach(visit)
    chunk.dynamicImports.filter((next) => !hasMap(next, chunks, new Set())).forEach(visit)
  }
  visit(entry.fileName)
  return files
}

function hasMap(name: string, chunks: ReadonlyMap<string, Chunk>, seen: Set<string>): boolean {
  const chunk = chunks.get(name)
  if (!chunk || seen.has(name)) return false
  seen.add(name)
  return chunk.moduleIds.some((id) => id.includes(LATER)) || chunk.imports.some((next) => hasMap(next, chunks, seen))
}

/** The phone apps' shells. */
export const SHELLS: readonly Shell[] = [
  {
    app: 'citizen', entry: 'citizen/index.html', file: 'sw.js', page: '/', photos: false, map: false,
    routes: ['/', '/report', '/report/', '/r/', '/near', '/news', '/mine'], also: ['/manifest.webmanifest', '/citizen/icon.svg', '/citizen/icon-192.png'],
    push: { page: '/r/', icon: '/citizen/icon-192.png', mine: '/mine', near: '/mine/areas', news: '/news/' },
  },
  {
    app: 'field', entry: 'field/index.html', file: 'field/sw.js', page: '/field/', photos: false, map: true,
    routes: ['/field/'], also: ['/field/manifest.webmanifest', '/field/icon.svg', '/field/icon-192.png'],
    push: null,
  },
]
