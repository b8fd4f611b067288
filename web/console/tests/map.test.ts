import { describe, expect, it } from 'vitest'
import { faded, times, type MapLayer } from '../src/map/layer'
import { cornersOf } from '../src/map/doors'
import { featuresOf } from '../src/map/casesLayers'
import { geojsonOf, made, measuresOf, readShapes, ringOf, written, type DrawnShape } from '../src/map/shapes'
import { areaOf, asArea, asLength, circle, distance, lengthOf } from '../src/map/sphere'
import { daysOf, filterOf, fits, queryOf, viewOf, type MapView } from '../src/map/view'

const layer = (id: string, on: boolean): MapLayer => ({ id, on }) as MapLayer
const LAYERS = [layer('heat', false), layer('cells', true), layer('cases', true)]
const NOON = Date.parse('2026-11-22T04:00:00Z')

describe('measures on the sphere', () => {
  it('gives a degree of a great circle its length', () => {
    expect(distance([118, 24], [118, 25])).toBeCloseTo(111_195, 0)
    expect(distance([0, 0], [90, 0])).toBeCloseTo((Math.PI / 2) * 6_371_008.8, 0)
    expect(lengthOf([[118, 24], [118, 25], [118, 24]])).toBeCloseTo(2 * 111_195, -1)
  })
  it('gives an octant of the sphere an eighth of its surface, whichever way round', () => {
    const octant: [number, number][] = [[0, 0], [90, 0], [90, 90], [0, 90]]
    expect(areaOf(octant) / (4 * Math.PI * 6_371_008.8 ** 2)).toBeCloseTo(1 / 8, 6)
    expect(areaOf([...octant].reverse())).toBeCloseTo(areaOf(octant), 0)
    expect(areaOf([[0, 0], [1, 1]])).toBe(0)
  })
  it('draws a circle whose edge is as far as asked and whose area is a circle’s', () => {
    const ring = circle([118.11, 24.475], 500)
    ring.forEach((point) => expect(distance([118.11, 24.475], point)).toBeCloseTo(500, 3))
    expect(areaOf(ring) / (Math.PI * 500 ** 2)).toBeCloseTo(1, 2)
  })
  it('says lengths and areas in the unit that fits', () => {
    expect(asLength(12.34)).toEqual({ unit: 'metres', figure: '12.3' })
    expect(asLength(2034)).toEqual({ unit: 'kilometres', figure: '2.03' })
    expect(asArea(950)).toEqual({ unit: 'squareMetres', figure: '950' })
    expect(asArea(25_500)).toEqual({ unit: 'hectares', figure: '2.55' })
    expect(asArea(1_700_000_000)).toEqual({ unit: 'squareKilometres', figure: '1,700' })
  })
})

describe('shapes', () => {
  const square: DrawnShape = { kind: 'polygon', points: [[118.1, 24.4], [118.2, 24.4], [118.2, 24.5], [118.1, 24.5]], radius: 0 }
  const round: DrawnShape = { kind: 'circle', points: [[118.11, 24.475]], radius: 250 }
  const line: DrawnShape = { kind: 'line', points: [[118.1, 24.4], [118.10001, 24.39999]], radius: 0 }
  it('come back from an address as they went in', () => {
    expect(readShapes(written([square, round, line]))).toEqual([square, round, line])
    expect(written([square, round])).toMatch(/^[a-z0-9.~-]+$/)
  })
  it('leaves out what no shape is', () => {
    for (const text of ['', 'x1.2', 'p1.2', 'l1', 'c1.2.0', 'pzzzzzzzz.1.2.3.4.5', 'l1.2.?.4', `${'p1.2'.repeat(2000)}`]) expect(readShapes(text)).toEqual([])
  })
  it('counts a point that was set twice once, and waits for enough of them', () => {
    expect(made('polygon', [[118, 24], [118.1, 24], [118.1, 24]])).toBeNull()
    expect(made('polygon', [[118, 24], [118.1, 24], [118.1, 24.1], [118.1, 24.1]])?.points).toHaveLength(3)
    expect(made('circle', [[118, 24], [118, 24]])).toBeNull()
    expect(made('circle', [[118, 24], [118, 24.001]])?.radius).toBeCloseTo(111.2, 1)
  })
  it('are measured by what they are', () => {
    expect(measuresOf(line).map((one) => one.what)).toEqual(['length'])
    expect(measuresOf(square).map((one) => one.what)).toEqual(['area', 'around'])
    expect(measuresOf(round)[0]).toEqual({ what: 'radius', value: { unit: 'metres', figure: '250' } })
    expect(ringOf(line)).toBeNull()
    expect(cornersOf(square.points)).toBe('118.10000 24.40000,118.20000 24.40000,118.20000 24.50000,118.10000 24.50000')
  })
  it('are saved with closed rings, a circle with its centre', () => {
    const saved = geojsonOf([square, round, line], () => 'words')
    expect(saved.features.map((one) => one.geometry.type)).toEqual(['Polygon', 'Polygon', 'LineString'])
    const ring = (saved.features[0]!.geometry as GeoJSON.Polygon).coordinates[0]!
    expect(ring[0]).toEqual(ring.at(-1))
    expect(saved.features[1]!.properties).toMatchObject({ centre: [118.11, 24.475], radius_m: 250 })
  })
  it('too long for an address is said', () => {
    const long: DrawnShape = { kind: 'line', points: Array.from({ length: 200 }, (_, at) => [118 + (at % 2) / 3, 24 + at / 400]), radius: 0 }
    expect(fits([square])).toBe(true)
    expect(fits([long, long])).toBe(false)
  })
})

describe('the address of a view', () => {
  const view: MapView = {
    at: { center: [118.11, 24.475], zoom: 15.25 }, shown: { heat: 60, cases: 100 }, state: 'any', class: 'event:0102', span: 'own', since: '2026-11-01', until: '2026-11-20',
    selected: { layer: 'cases', code: '20261122-000731' }, shapes: [{ kind: 'circle', points: [[118.11, 24.475]], radius: 250 }], tab: 'list', moment: Date.parse('2026-11-21T01:30:05Z'), list: 'cells', inside: 0,
  }
  it('gives the same view again', () => {
    expect(viewOf(queryOf(view), LAYERS)).toEqual(view)
    expect(viewOf(Object.fromEntries(new URLSearchParams(queryOf(view) as Record<string, string>)), LAYERS)).toEqual(view)
  })
  it('says nothing of what everybody sees anyway', () => {
    const plain = viewOf({}, LAYERS)
    expect(plain).toMatchObject({ at: null, shown: { cells: 100, cases: 100 }, state: 'open', span: 'all', tab: 'layers', list: 'cases', inside: -1, selected: null })
    expect(Object.entries(queryOf(plain)).filter(([, value]) => value)).toEqual([['layers', 'cells,cases']])
  })
  it('takes no nonsense', () => {
    const odd = viewOf({ at: '500,1,2', layers: 'cases.300,nothing', state: 'OPEN!', class: 'event', span: 'own', since: 'x', sel: 'roads:1', draw: '<', tab: 'x', list: 'roads', inside: '3', moment: '2026-13-41T00:00:00Z' }, LAYERS)
    expect(odd).toMatchObject({ at: null, shown: { cases: 100 }, state: 'open', class: '', span: 'all', selected: null, shapes: [], tab: 'layers', list: 'cases', inside: -1, moment: null })
  })
  it('shows nothing where every layer was switched off', () => {
    expect(viewOf({ layers: '' }, LAYERS).shown).toEqual({})
  })
})

describe('time', () => {
  it('counts whole days of the city, today included', () => {
    expect(daysOf({ span: 'week', since: '', until: '' }, NOON)).toEqual(['2026-11-16', '2026-11-22'])
    expect(daysOf({ span: 'all', since: '', until: '' }, NOON)).toBeNull()
    expect(daysOf({ span: 'own', since: '2026-11-20', until: '2026-11-01' }, NOON)).toEqual(['2026-11-01', '2026-11-20'])
    expect(filterOf(viewOf({ span: 'day' }, LAYERS), NOON)).toMatchObject({ since: '2026-11-22T00:00:00+08:00', until: '2026-11-22T23:59:59+08:00' })
  })
})

describe('the look of layers', () => {
  it('fades plain opacities and those by zoom', () => {
    expect(times(0.8, 0.5)).toBeCloseTo(0.4)
    expect(times(['interpolate', ['linear'], ['zoom'], 13, 0.2, 15, 0.6], 0.5)).toEqual(['interpolate', ['linear'], ['zoom'], 13, 0.1, 15, 0.3])
    expect(times(['get', 'o'], 0.5)).toEqual(['*', 0.5, ['get', 'o']])
    const circled = faded({ id: 'a', type: 'circle', source: 's', paint: { 'circle-opacity': 0.8 } }, 0.5)
    expect(circled.paint).toEqual({ 'circle-opacity': 0.4, 'circle-stroke-opacity': 0.5 })
  })
  it('draws a mark by the most pressing case under it', () => {
    const [one] = featuresOf({ marks: [[118.1, 24.4, 3, 5, '', '']], n: 3, cut: false }).features
    expect(one!.properties).toMatchObject({ n: 3, status: 'critical' })
  })
})
