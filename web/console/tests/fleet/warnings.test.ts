import { describe, expect, it } from 'vitest'
import type { WarningRow } from '../../src/fleet/warnings/doors'
import { beside, boxOf, fenceShape, grouped, groupOf, put } from '../../src/fleet/warnings/warnings'

const NOW = Date.parse('2026-11-23T02:00:00Z')
const row = (id: number, part: Partial<WarningRow> = {}): WarningRow =>
  ({ id, stage: 'confirmed', acknowledged_at: null, shelved_until: null, false_reason: '', ...part }) as WarningRow

describe('warnings on the page', () => {
  it('stand in the group that says what they call for', () => {
    expect(groupOf(row(1), NOW)).toBe('calling')
    expect(groupOf(row(1, { stage: 'suspected' }), NOW)).toBe('suspected')
    expect(groupOf(row(1, { acknowledged_at: 'x' }), NOW)).toBe('known')
    expect(groupOf(row(1, { shelved_until: '2026-11-23T03:00:00Z' }), NOW)).toBe('shelved')
    expect(groupOf(row(1, { shelved_until: '2026-11-23T01:00:00Z' }), NOW)).toBe('calling')
    expect(groupOf(row(1, { false_reason: 'drift' }), NOW)).toBe('over')
    expect(groupOf(row(1, { stage: 'ended', acknowledged_at: 'x' }), NOW)).toBe('over')
  })

  it('are moved through in the order of the screen, from one group into the next', () => {
    const groups = grouped([row(1, { acknowledged_at: 'x' }), row(2), row(3)], NOW)
    expect(groups.map((one) => one.group)).toEqual(['calling', 'known'])
    expect([beside(groups, 0, 1)?.id, beside(groups, 3, 1)?.id, beside(groups, 1, 1)?.id, beside(groups, 2, -1)?.id]).toEqual([2, 1, 1, 2])
    expect(beside([], 0, 1)).toBeUndefined()
  })

  it('are put in place of what they were, new ones on top', () => {
    expect(put([row(2), row(1)], row(1, { stage: 'ended' })).map((one) => [one.id, one.stage])).toEqual([[2, 'confirmed'], [1, 'ended']])
    expect(put([row(1)], row(5)).map((one) => one.id)).toEqual([5, 1])
  })

  it('show a circle as a ring of its radius, and a box round fence and positions', () => {
    const fence = { code: 'F', version: 1, shape: 'circle' as const, geometry: { type: 'Point' as const, coordinates: [118, 24] }, radius_m: 1000, width_m: null }
    const ring = fenceShape({ fence }) as GeoJSON.Polygon
    const [east] = ring.coordinates[0] as [number[]]
    expect(((east?.[0] ?? 0) - 118) * 111_320 * Math.cos((24 * Math.PI) / 180)).toBeCloseTo(1000, 0)
    const [west, south, , north] = boxOf({ fence, positions: [{ at_ms: 0, lon: 117.9, lat: 24.2, speed: 0, serial: 0 }], lon: 118, lat: 24 })
    expect([west, north].map((one) => Number(one.toFixed(3)))).toEqual([117.898, 24.202])
    expect(south).toBeLessThan(23.992)
  })
})
