import { describe, expect, it } from 'vitest'
import { DESK_LAYERS, deskDrawing, marksOf, SINGLE_FROM } from '../src/desk/layers'
import { LAYERS } from '../src/map/layers'
import { aRow } from './rows'

const near = [aRow({ number: '20261122-000001', lon: 118.1, urgency: 'planned' }), aRow({ number: '20261122-000002', lon: 118.10001, urgency: 'emergency' })]
const far = aRow({ number: '20261122-000003', lon: 118.2 })
const ids = (drawn: Parameters<typeof deskDrawing>[0]): string[] => deskDrawing(drawn).layers.map((layer) => layer.id)

describe('the desk on the one map', () => {
  it('shows layers of the map page’s own table, in its order', () => {
    const table = LAYERS.map((layer) => layer.id)
    expect(DESK_LAYERS.every((layer) => LAYERS.includes(layer))).toBe(true)
    const places = DESK_LAYERS.map((layer) => table.indexOf(layer.id))
    expect(places).toEqual([...places].sort((a, b) => a - b))
  })

  it('gathers cases that stand close together under the worst of them, until each has room', () => {
    const crowd = marksOf([...near, far], 12)
    expect([crowd.n, crowd.marks.map((mark) => [mark[2], mark[3], mark[4]])]).toEqual([3, [[2, 5, ''], [1, 3, '20261122-000003']]])
    expect(marksOf([...near, far], SINGLE_FROM).marks.map((mark) => mark[2])).toEqual([1, 1, 1])
  })

  it('rings the open case outside of its crowd, with its cell, though both layers be off', () => {
    const drawn = { rows: [...near, far], on: new Set<string>(), zoom: 12, selected: near[0], cell: '350203008002014' }
    expect(ids(drawn)).toEqual(['map-cells-chosen', 'map-cells-edge', 'map-chosen-halo', 'map-chosen-ring', 'map-chosen'])
    const { sources } = deskDrawing({ ...drawn, on: new Set(['cases']) })
    const numbers = (name: string): unknown[] => (sources[name] as unknown as { data: GeoJSON.FeatureCollection }).data.features.map((one) => one.properties?.number)
    expect([numbers('map-cases'), numbers('map-chosen')]).toEqual([['20261122-000002', '20261122-000003'], ['20261122-000001']])
  })

  it('draws nothing of a layer that is off', () => {
    expect(ids({ rows: near, on: new Set(), zoom: 12 })).toEqual([])
    expect(ids({ rows: near, on: new Set(['divisions']), zoom: 12 })).toEqual(['map-divisions-line'])
  })
})
