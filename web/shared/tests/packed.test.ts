import { existsSync, mkdtempSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { afterEach, describe, expect, it } from 'vitest'
import { packAll } from '../build/packed'

const folder = mkdtempSync(join(tmpdir(), 'packed-'))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('the files of a build', () => {
  it('lie packed beside themselves where that saves something', () => {
    const script = 'export const city = 1\n'.repeat(200)
    mkdirSync(join(folder, 'assets'))
    writeFileSync(join(folder, 'assets', 'app.js'), script)
    writeFileSync(join(folder, 'small.json'), '{}')
    writeFileSync(join(folder, 'icon.png'), Buffer.alloc(5000))
    packAll(folder)
    expect(gunzipSync(readFileSync(join(folder, 'assets', 'app.js.gz'))).toString()).toBe(script)
    expect([existsSync(join(folder, 'small.json.gz')), existsSync(join(folder, 'icon.png.gz'))]).toEqual([false, false])
  })
})
