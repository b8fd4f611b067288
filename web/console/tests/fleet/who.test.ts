import { describe, expect, it } from 'vitest'
import { asCsv, asGeoJson, type Visitor } from '../../src/fleet/who/who'

const VISITOR: Visitor = {
  vehicle_id: 7, plate: '示D00001', kind: 'hazmat', kind_zh: '危货车', kind_en: 'truck', firm: '=HYPERLINK("x")', synthetic: true,
  first_at: '2026-11-22T01:00:00Z', first_lon: 118.1, first_lat: 24.5, last_at: '2026-11-22T01:10:00Z', last_lon: 118.2, last_lat: 24.6,
}

describe('who was here, as files', () => {
  it('writes a row a vehicle and lets no cell become a formula', () => {
    const [head, row] = asCsv([VISITOR]).split('\r\n')
    expect(head).toBe('\uFEFFplate,kind,firm,first_at,first_lon,first_lat,last_at,last_lon,last_lat')
    expect(row).toBe('示D00001,hazmat,"\'=HYPERLINK(""x"")",2026-11-22T01:00:00Z,118.100000,24.500000,2026-11-22T01:10:00Z,118.200000,24.600000')
  })
  it('closes the area and gives each vehicle its two points', () => {
    const found = asGeoJson([VISITOR], [[118, 24], [119, 24], [119, 25]])
    expect(found.features.map((one) => one.properties?.['what'])).toEqual(['area', 'first', 'last'])
    expect(found.features[0]?.geometry).toEqual({ type: 'Polygon', coordinates: [[[118, 24], [119, 24], [119, 25], [118, 24]]] })
  })
})
