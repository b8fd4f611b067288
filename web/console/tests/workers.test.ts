import { afterEach, describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@shared/api/client'
import type { Asked } from '../src/map/layer'
import { MapDoors } from '../src/map/doors'
import { figureOf, OLD_MS, rowsOf, WORKERS, workersOut, type Worker } from '../src/map/workersLayer'
import { beforeAfter } from '../src/drawer/beforeAfter'

const NOW = Date.parse('2026-11-23T02:00:00Z')
const BOX: Asked['box'] = [118, 24, 119, 25]
const aWorker = (id: number, ago: number | null, lon: number | null = 118.1): Worker => ({ person_id: id, name: `人员${id}`, begun_at: '2026-11-23T01:00:00Z', at: ago === null ? null : new Date(NOW - ago).toISOString(), lon: ago === null ? null : lon, lat: ago === null ? null : 24.5, accuracy_m: 8 })
const ALL = [aWorker(1, 1000), aWorker(2, OLD_MS + 1), aWorker(3, 1000, 120), aWorker(4, null)]

/** The platform's door, which counts how often somebody looked. */
function aDoor() {
  const told = { looks: 0 }
  vi.stubGlobal('fetch', () => {
    told.looks += 1
    return Promise.resolve(Response.json({ items: ALL }))
  })
  return { told, doors: new MapDoors(new ApiClient({ language: () => 'zh' })) }
}
afterEach(() => vi.unstubAllGlobals())

describe('workers on shift on the map', () => {
  it('are counted and listed where they are, old positions as old ones', () => {
    expect(figureOf(ALL, BOX, NOW)).toMatchObject({ n: 2, parts: [{ key: 'workers.old', n: 1 }] })
    expect(rowsOf(ALL, BOX, NOW).map((row) => [row.code, row.status])).toEqual([['1', null], ['2', 'offline']])
  })

  it('are asked for only while the layer is on, and a moment later it is the same look', async () => {
    const { told, doors } = aDoor()
    const asked = { box: BOX, within: null, filter: {} } as unknown as Asked
    const { signal } = new AbortController()
    expect(await WORKERS.count(doors, asked, signal)).toBeNull()
    expect(told.looks).toBe(0)
    const counted = WORKERS.count(doors, asked, signal)
    await WORKERS.read!(doors, asked, signal)
    expect((await counted)?.n).toBe(2)
    await workersOut(doors)
    expect(told.looks).toBe(1)
    expect(await WORKERS.count(doors, asked, signal)).toBeNull()
  })
})

describe('before and after', () => {
  it('are the first photo of the report and the newest of the work', () => {
    const photos = ['report', 'report', 'handle', 'check', 'check'].map((kind, id) => ({ id: String(id), kind })) as never
    expect([beforeAfter(photos)?.before.id, beforeAfter(photos)?.after.id]).toEqual(['0', '4'])
    expect(beforeAfter([{ id: '1', kind: 'report' }] as never)).toBeNull()
  })
})
