import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { Site } from '../src/api/types'
import { homeOf } from '../src/map/home'

const HEADER = readFileSync(join(import.meta.dirname, '../../../data/basemap/xiamen.pmtiles')).subarray(0, 127)
const site = (said: Partial<Site>): Site => ({
  city_zh: '厦门市', city_en: 'Xiamen', live_url: null, basemap: { pmtiles: '/basemap/city.pmtiles' }, center: [118.2, 24.6], bounds: [117.8, 24.2, 118.5, 24.9], languages: ['zh', 'en'], demo: true, ...said,
})
const answers = (status: number, body: Uint8Array | null): typeof fetch => async () => new Response(body ? new Uint8Array(body) : null, { status })

describe('a map without anything to look at', () => {
  it('opens where the base map has its centre', async () => {
    const home = await homeOf(site({}), answers(206, HEADER))
    expect(home.center[0]).toBeCloseTo(118.12, 3)
    expect(home.center[1]).toBeCloseTo(24.48, 3)
    expect(home.zoom).toBe(12)
  })

  it('opens in the middle of the city when that centre lies elsewhere', async () => {
    expect((await homeOf(site({ bounds: [100, 20, 101, 21], center: [100.5, 20.5] }), answers(206, HEADER))).center).toEqual([100.5, 20.5])
  })

  it('opens in the middle of the city when the archive cannot be asked', async () => {
    expect((await homeOf(site({}), answers(404, null))).center).toEqual([118.2, 24.6])
    expect((await homeOf(site({ basemap: { wmts: 'https://tiles.example/{z}' } }), answers(206, HEADER))).center).toEqual([118.2, 24.6])
  })
})
