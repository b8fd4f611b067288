import { existsSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { makeRouter } from '../src/router'

interface Icon { src: string; sizes: string; type?: string; purpose?: string }
interface Manifest { id: string; name: string; short_name: string; lang: string; start_url: string; scope: string; display: string; theme_color: string; background_color: string; icons: Icon[]; shortcuts: { name: string; url: string; icons: Icon[] }[] }

const PUBLIC = `${import.meta.dirname}/../../public`
const manifest = JSON.parse(readFileSync(`${PUBLIC}/field/manifest.webmanifest`, 'utf8')) as Manifest
const page = readFileSync(`${import.meta.dirname}/../index.html`, 'utf8')
/** What the worker of the field app is told when the app is built. */
const shell = /app: 'field'[^}]*/.exec(readFileSync(`${import.meta.dirname}/../../shared/worker/build.ts`, 'utf8'))?.[0] ?? ''

/** Width and height as the header of a PNG says them. */
function sizeOf(path: string): string {
  const bytes = readFileSync(path)
  expect(bytes.subarray(1, 4).toString()).toBe('PNG')
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`
}

describe('the field app as an app of its own', () => {
  it('names itself in both languages and stays in its own place', () => {
    expect(manifest.name).toMatch(/[一-鿿].*[A-Za-z]/)
    expect(manifest.short_name.length).toBeLessThanOrEqual(12)
    expect([manifest.display, manifest.start_url, manifest.scope, manifest.id]).toEqual(['standalone', '/field/', '/field/', '/field/'])
    for (const colour of [manifest.theme_color, manifest.background_color]) expect(colour).toMatch(/^#[0-9A-F]{6}$/)
    expect(page).toContain('<link rel="manifest" href="/field/manifest.webmanifest">')
  })

  it('has icons that are as large as it says, one of them to be cut to any shape', () => {
    const pictures = [...manifest.icons, ...manifest.shortcuts.flatMap((shortcut) => shortcut.icons)]
    for (const icon of pictures) {
      expect(existsSync(PUBLIC + icon.src), icon.src).toBe(true)
      if (icon.src.endsWith('.png')) expect(sizeOf(PUBLIC + icon.src), icon.src).toBe(icon.sizes)
    }
    expect(manifest.icons.filter((icon) => icon.purpose === 'any').map((icon) => icon.sizes)).toEqual(['192x192', '512x512'])
    expect(manifest.icons.some((icon) => icon.purpose === 'maskable' && icon.sizes === '512x512')).toBe(true)
  })

  it('leads by its shortcuts to pages that there are', () => {
    const router = makeRouter()
    expect(manifest.shortcuts.length).toBeGreaterThanOrEqual(2)
    for (const { url } of manifest.shortcuts) {
      expect(url.startsWith(manifest.scope)).toBe(true)
      expect(router.resolve(url.replace('/field', '')).name, url).not.toBe(undefined)
    }
  })

  it('opens without a network: the worker stands in its own place and keeps the page and what the manifest names', () => {
    for (const said of ["file: 'field/sw.js'", "page: '/field/'", "routes: ['/field/']", "'/field/manifest.webmanifest'", "'/field/icon-192.png'"]) expect(shell).toContain(said)
  })
})
