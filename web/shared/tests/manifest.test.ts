import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { SHELLS } from '../worker/build'

interface Icon {
  src: string
  sizes: string
  type: string
  purpose?: string
}

const file = (address: string): string => resolve(`public${address}`)

/** Width and height of a PNG, from its header. */
function sizeOf(address: string): string {
  const bytes = readFileSync(file(address))
  expect(bytes.subarray(1, 4).toString('latin1')).toBe('PNG')
  return `${bytes.readUInt32BE(16)}x${bytes.readUInt32BE(20)}`
}

describe.each([
  ['/manifest.webmanifest', '/'],
  ['/field/manifest.webmanifest', '/field/'],
])('%s', (address, scope) => {
  const manifest = JSON.parse(readFileSync(file(address), 'utf8')) as Record<string, unknown> & { icons: Icon[]; shortcuts: { name: string; url: string; icons: Icon[] }[] }
  const shell = SHELLS.find((one) => one.page === scope)

  it('says what a browser needs to install it, in both languages', () => {
    expect(manifest).toMatchObject({ id: scope, start_url: scope, scope, display: 'standalone', lang: 'zh-CN' })
    for (const text of [manifest.name, manifest.description]) expect(text).toMatch(/[\u4e00-\u9fff].*[A-Za-z]/)
    expect(String(manifest.short_name).length).toBeLessThanOrEqual(12)
    for (const colour of [manifest.background_color, manifest.theme_color]) expect(colour).toMatch(/^#[0-9A-F]{6}$/)
  })

  it('has icons of the sizes that it names, one of them maskable', () => {
    for (const icon of manifest.icons.filter((one) => one.type === 'image/png')) expect(sizeOf(icon.src)).toBe(icon.sizes)
    const sizes = manifest.icons.map((one) => `${one.sizes} ${one.purpose ?? 'any'}`)
    expect(sizes).toEqual(expect.arrayContaining(['192x192 any', '512x512 any', '512x512 maskable']))
  })

  it('has shortcuts that stay inside it and open without a network', () => {
    expect(manifest.shortcuts.length).toBeGreaterThan(0)
    for (const one of manifest.shortcuts) {
      expect(one.url.startsWith(scope)).toBe(true)
      expect(shell?.routes.some((route) => one.url === route || (route !== '/' && one.url.startsWith(route)))).toBe(true)
      for (const icon of one.icons) expect(sizeOf(icon.src)).toBe(icon.sizes)
    }
  })

  it('is kept by the worker together with its icon', () => {
    expect(shell?.also).toContain(address)
    expect(shell?.also).toContain(manifest.icons[0]?.src)
  })
})
