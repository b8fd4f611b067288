// Measures the first load of each built page (its scripts, styles and the map worker, gzipped) against its budget.
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const DIST = fileURLToPath(new URL('../dist/', import.meta.url))

/** Budgets in kB (1,000 bytes) gzipped. The console's includes the map; the phones' first load has none. */
const BUDGET_KB = { console: 700, field: 200, citizen: 200 }

/** Chunks a page loads before anybody does anything, besides its static imports and styles. */
const LANDING = { console: [], field: [], citizen: [] }

const manifest = JSON.parse(readFileSync(join(DIST, '.vite/manifest.json'), 'utf8'))

function gather(key, files, seen) {
  if (seen.has(key)) return
  seen.add(key)
  const chunk = manifest[key]
  if (!chunk) throw new Error(`the build has no ${key}`)
  files.add(chunk.file)
  for (const style of chunk.css ?? []) files.add(style)
  for (const asset of chunk.assets ?? []) files.add(asset)
  for (const next of chunk.imports ?? []) gather(next, files, seen)
}

const size = (file) => gzipSync(readFileSync(join(DIST, file))).length

let over = false
for (const [app, budget] of Object.entries(BUDGET_KB)) {
  if (!existsSync(join(DIST, app, 'index.html'))) continue
  const files = new Set()
  const seen = new Set()
  gather(`${app}/index.html`, files, seen)
  for (const key of LANDING[app]) gather(key, files, seen)
  const sized = [...files].map((file) => [file, size(file)]).sort((a, b) => b[1] - a[1])
  const whole = sized.reduce((sum, [, bytes]) => sum + bytes, 0) / 1000
  const verdict = whole <= budget ? 'within' : 'OVER'
  console.log(`${app}: ${whole.toFixed(1)} kB gzipped, ${verdict} the budget of ${budget} kB`)
  for (const [file, bytes] of sized) console.log(`  ${(bytes / 1000).toFixed(1).padStart(7)} kB  ${file}`)
  over ||= whole > budget
}
process.exitCode = over ? 1 : 0
