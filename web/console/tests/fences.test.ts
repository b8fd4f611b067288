import { describe, expect, it } from 'vitest'
import { boundsOf, boundsOfAll, complete, corners, drawable, geometryOf, holed, inserted, middles, moved, opened, removed, sizeOf, sketched, type Sketch } from '../src/fleet/fences/sketch'
import { fresh, saidOf, split, withHours } from '../src/fleet/rules/draft'
import type { RuleShape } from '../src/fleet/doors'

const SQUARE: Sketch = { shape: 'area', parts: [[[118, 24], [118.01, 24], [118.01, 24.01], [118, 24.01]]], size: 0 }
const HOLE: [number, number][] = [[118.002, 24.002], [118.004, 24.002], [118.004, 24.004]]

describe('a fence that is drawn', () => {
  it('closes its rings for the server and opens them again', () => {
    const { geometry } = geometryOf(holed(SQUARE, HOLE))
    expect(geometry.type === 'Polygon' && geometry.coordinates.map((ring) => ring.length)).toEqual([5, 4])
    expect(opened({ geometry, radius_m: null, width_m: null })).toEqual(holed(SQUARE, HOLE))
  })
  it('takes a hole out of its size', () => {
    expect(sizeOf(SQUARE)).toBeGreaterThan(1e6)
    expect(sizeOf(holed(SQUARE, HOLE))).toBeLessThan(sizeOf(SQUARE))
  })
  it('gets a corner from the middle of a side, also of the last one', () => {
    expect(middles(SQUARE)).toHaveLength(4)
    expect(middles(SQUARE)[3]!.spot[1]).toBeCloseTo(24.005, 9)
    const more = inserted(SQUARE, 0, 3, [117.999, 24.005])
    expect(corners(more).map((one) => one.spot).at(-1)).toEqual([117.999, 24.005])
  })
  it('moves one corner and leaves the others', () => {
    const { parts } = moved(SQUARE, 0, 1, [118.02, 24.123456789])
    expect(parts[0]![1]).toEqual([118.02, 24.1234568])
    expect(parts[0]![0]).toEqual([118, 24])
  })
  it('keeps three corners, and drops a hole that has fewer', () => {
    const triangle = removed(SQUARE, 0, 0)
    expect(removed(triangle, 0, 0)).toEqual(triangle)
    expect(removed(holed(SQUARE, HOLE), 1, 0).parts).toHaveLength(1)
  })
  it('knows when it is not one yet', () => {
    expect(complete(null)).toBe(false)
    expect(complete({ ...SQUARE, parts: [[[118, 24], [118.01, 24]]] })).toBe(false)
    expect(complete(SQUARE)).toBe(true)
  })
  it('makes circles and corridors of what the tools drew', () => {
    const circle = sketched({ kind: 'circle', points: [[118, 24]], radius: 3.2 })
    expect(geometryOf(circle)).toEqual({ shape: 'circle', geometry: { type: 'Point', coordinates: [118, 24] }, radius_m: 10, width_m: null })
    const corridor = sketched({ kind: 'line', points: [[118, 24], [118.01, 24]], radius: 0 })
    expect(geometryOf(corridor).width_m).toBe(60)
    expect(middles(corridor)).toHaveLength(1)
    expect(middles(circle)).toHaveLength(0)
    expect(drawable(corridor).w0).toBeCloseTo(60 / (78271.517 * Math.cos((24 * Math.PI) / 180)), 9)
    const [west, , east] = boundsOf({ ...circle, size: 1000 })
    expect((east - west) * 111_195 * Math.cos((24 * Math.PI) / 180)).toBeCloseTo(2000, -1)
  })
  it('is looked at together with others', () => {
    const line: Sketch = { shape: 'corridor', parts: [[[118.2, 24.5], [118.1, 24.4]]], size: 60 }
    expect(boundsOfAll([SQUARE, null, line])).toEqual([118, 24, 118.2, 24.5])
    expect(boundsOfAll([null])).toBeNull()
  })
  it('is not opened when it has several outlines', () => {
    expect(opened({ geometry: { type: 'MultiPolygon', coordinates: [] }, radius_m: null, width_m: null })).toBeNull()
  })
})

describe('a rule that is written', () => {
  const speed: RuleShape = { code: 'speed', zh: '', en: '', fences: 'none', params: [{ name: 'limit_kmh', zh: '', en: '', unit: 'km/h', least: 5, most: 120, usual: null, needed: false, source: '', confidence: '', form: 'number', choices: [] }, { name: 'must', zh: '', en: '', unit: '', least: 0, most: 1, usual: null, needed: false, source: '', confidence: '', form: 'flag', choices: [] }] }
  it('sends numbers as numbers, nothing for empty ones, and no fence where its kind names none', () => {
    const draft = { ...fresh('3502', 'zone'), params: { limit_kmh: '60', must: false, other: 3 } }
    expect(saidOf(draft, speed).params).toEqual({ limit_kmh: 60 })
    expect(saidOf({ ...draft, params: { limit_kmh: '' } }, speed)).toMatchObject({ params: {}, fences: [] })
  })
  it('adds hours for several days once', () => {
    const first = withHours([], [2, 1], '07:00', '09:00')
    expect(first).toEqual([[1, '07:00', '09:00'], [2, '07:00', '09:00']])
    expect(withHours(first, [2, 3], '07:00', '09:00')).toHaveLength(3)
  })
  it('reads words however they are separated', () => {
    expect(split(' a,b、c,d  e ')).toEqual(['a', 'b', 'c', 'd', 'e'])
  })
})
