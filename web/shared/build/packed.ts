import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Plugin } from 'vite'

const TEXT = /\.(js|mjs|css|html|svg|json|webmanifest|txt|map)$/
/** Below it a packed file saves no packet. */
const LEAST_BYTES = 1000

/** Leaves each text of the build packed beside itself, once, instead of packing it for every browser that asks. */
export function packed(): Plugin {
  let folder = ''
  return {
    name: 'gridloop-packed',
    apply: 'build',
    configResolved: (config) => { folder = join(config.root, config.build.outDir) },
    writeBundle: () => packAll(folder),
  }
}

export function packAll(folder: string): void {
  for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
    const path = join(folder, name)
    if (TEXT.test(name) && statSync(path).isFile() && statSync(path).size >= LEAST_BYTES) writeFileSync(`${path}.gz`, gzipSync(readFileSync(path), { level: 9 }))
  }
}
