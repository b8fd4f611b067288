import { describe, expect, it } from 'vitest'
import { decoded, rowsOf } from '../../src/fleet/files'
import { joined, linesOf, platesOf, without } from '../../src/fleet/lists/plates'
import { faults, momentOf, spansOf, stateOf, wallOf } from '../../src/fleet/occasions/spans'
import { lineOf } from '../../src/fleet/routes/line'

describe('a file that is brought in', () => {
  it('is read as UTF-8, and as GB 18030 where it is not', () => {
    expect(decoded(new TextEncoder().encode('闽D12345'))).toBe('闽D12345')
    expect(decoded(new Uint8Array([0xc3, 0xf6, 0x44]))).toBe('闽D')
  })
  it('keeps quoted separators and the numbers of its rows', () => {
    expect(rowsOf('\uFEFFa;"b;""c""\nd"\r\n\r\ne;f\n')).toEqual([['a', 'b;"c"\nd'], [''], ['e', 'f']])
  })
})

describe('plates', () => {
  it('come from the column that names them, else from the first one', () => {
    expect(platesOf('firm,号牌\nA,闽D1\n,\nB, 闽D2 \n')).toEqual(['闽D1', '闽D2'])
    expect(platesOf('闽D1\n\n闽D2')).toEqual(['闽D1', '闽D2'])
  })
  it('keep the numbers of their lines, and wrong ones are left out by number', () => {
    expect(linesOf('a\r\n\r\n b ')).toEqual(['a', '', 'b'])
    expect(without('a\n\nb\nc', [3])).toBe('a\n\nc')
  })
  it('are joined to those that are there, each once', () => expect(joined('a\n\nb', ['b', 'c'])).toBe('a\nb\nc'))
})

describe('spans of an event', () => {
  it('are read from a table with what is no span told by row', () => {
    const found = spansOf('from,to\n2026-12-02 08:00,2026-12-02 18:00\n2026/12/1 8:05,2026/12/1 18:00\n\n2026-02-30 08:00,2026-03-01 08:00\n2026-12-03 18:00,2026-12-03 08:00')
    expect(found.spans).toEqual([{ from: '2026-12-01T08:05', to: '2026-12-01T18:00' }, { from: '2026-12-02T08:00', to: '2026-12-02T18:00' }])
    expect(found.wrong).toEqual([5, 6])
  })
  it('end after they start and do not overlap', () => {
    const span = (from: string, to: string): { from: string; to: string } => ({ from: `2026-12-01T${from}`, to: `2026-12-01T${to}` })
    expect([...faults([span('08:00', '10:00'), span('09:00', '11:00'), span('11:00', '12:00'), span('14:00', '13:00')])]).toEqual([[0, 'overlaps'], [1, 'overlaps'], [3, 'backwards']])
  })
  it('stand in the time of the city whatever zone they are written in', () => {
    expect(wallOf('2026-12-01T00:00:00+00:00')).toBe('2026-12-01T08:00')
    expect(momentOf('2026-12-01T08:00')).toBe('2026-12-01T08:00:00+08:00')
  })
  it('hold now, will hold, or are over', () => {
    const at = (text: string): number => Date.parse(momentOf(text))
    const spans: [string, string][] = [['2026-12-01T08:00+08:00', '2026-12-01T10:00+08:00'], ['2026-12-02T08:00+08:00', '2026-12-02T10:00+08:00']]
    expect(['2026-12-01T08:00', '2026-12-01T12:00', '2026-12-02T10:00'].map((one) => stateOf(spans, at(one)))).toEqual(['now', 'coming', 'over'])
  })
})

describe('the line of a route', () => {
  const points = [[118.08, 24.45], [118.1, 24.46]]
  it('comes from GeoJSON however it is wrapped', () => {
    const line = { type: 'LineString', coordinates: [[118.08, 24.45, 3], [118.08, 24.45, 4], [118.1, 24.46, 5]] }
    const point = { type: 'Feature', geometry: { type: 'Point', coordinates: [118, 24] } }
    expect(lineOf(JSON.stringify(line))).toEqual({ points })
    expect(lineOf(`\uFEFF${JSON.stringify({ type: 'FeatureCollection', features: [point, { type: 'Feature', geometry: line }] })}`)).toEqual({ points })
  })
  it('comes from a table with named columns in any order, or with longitude first', () => {
    expect(lineOf('name,纬度,经度\na,24.45,118.08\n\nb,24.46,118.10\n')).toEqual({ points })
    expect(lineOf('118.08\t24.45\n118.10\t24.46')).toEqual({ points })
    expect(lineOf('east,north\n118.08,24.45\n118.10,24.46')).toEqual({ points })
  })
  it('says what is wrong and in which row', () => {
    expect(lineOf('{"type":')).toEqual({ wrong: 'notJson' })
    expect(lineOf('{"type":"Point","coordinates":[1,2]}')).toEqual({ wrong: 'noLine' })
    expect(lineOf(JSON.stringify({ type: 'MultiLineString', coordinates: [points, points] }))).toEqual({ wrong: 'manyLines' })
    expect(lineOf('lon,lat\n118.08,24.45\n118.10,x')).toEqual({ wrong: 'notNumbers', row: 3 })
    expect(lineOf('24.45,118.08\n24.46,118.10')).toEqual({ wrong: 'swapped', row: 1 })
    expect(lineOf('118.08,24.45')).toEqual({ wrong: 'tooFew' })
  })
})
