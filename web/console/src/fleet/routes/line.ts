import type { Spot } from '../../map/layer'
import { columnOf, rowsOf } from '../files'

/** Why a file is no line: the name of the sentence, and the row (from 1) where it stands. */
export interface WrongLine { wrong: 'notJson' | 'noLine' | 'manyLines' | 'notNumbers' | 'swapped' | 'tooFew' | 'tooMany'; row?: number }
export type ReadLine = { points: Spot[] } | WrongLine

const LON = ['lon', 'lng', 'long', 'longitude', 'x', '经度']
const LAT = ['lat', 'latitude', 'y', '纬度']
/** What the server takes. */
const POINTS_MOST = 5_000
const FURTHEST_LAT = 90
const FURTHEST_LON = 180

/** A line from a file: GeoJSON with one LineString, or a table with longitude and latitude (WGS-84) in each row. */
export const lineOf = (text: string): ReadLine => (/^\s*\uFEFF?\s*[[{]/.test(text) ? ofGeoJson(text) : ofTable(text))

function ofGeoJson(text: string): ReadLine {
  let read: unknown
  try {
    read = JSON.parse(text.replace(/^\uFEFF/, ''))
  } catch {
    return { wrong: 'notJson' }
  }
  const lines = linesIn(read)
  if (lines.length !== 1) return { wrong: lines.length ? 'manyLines' : 'noLine' }
  return checked(lines[0]!.map((point) => (Array.isArray(point) ? [Number(point[0]), Number(point[1])] : [Number.NaN, Number.NaN])))
}

/** Every line in it, however it is wrapped. */
function linesIn(read: unknown): unknown[][] {
  if (typeof read !== 'object' || read === null) return []
  const { type, geometry, features, geometries, coordinates } = read as Record<string, unknown>
  if (type === 'FeatureCollection' && Array.isArray(features)) return features.flatMap(linesIn)
  if (type === 'GeometryCollection' && Array.isArray(geometries)) return geometries.flatMap(linesIn)
  if (type === 'Feature') return linesIn(geometry)
  if (type === 'LineString' && Array.isArray(coordinates)) return [coordinates]
  return type === 'MultiLineString' && Array.isArray(coordinates) ? coordinates.filter(Array.isArray) : []
}

function ofTable(text: string): ReadLine {
  const rows = rowsOf(text)
  const lon = columnOf(rows[0] ?? [], LON)
  const lat = columnOf(rows[0] ?? [], LAT)
  const named = lon >= 0 && lat >= 0
  const points: [number, number][] = []
  const numbers: number[] = []
  rows.forEach((row, at) => {
    if ((named && at === 0) || row.every((cell) => cell === '')) return
    points.push([numberOf(row[named ? lon : 0]), numberOf(row[named ? lat : 1])])
    numbers.push(at + 1)
  })
  if (!named && points.length && points[0]!.every(Number.isNaN)) {
    points.shift()
    numbers.shift()
  }
  return checked(points, numbers)
}

const numberOf = (cell: string | undefined): number => (cell ? Number(cell) : Number.NaN)

function checked(points: number[][], numbers?: readonly number[]): ReadLine {
  const rowAt = (at: number): number => numbers?.[at] ?? at + 1
  const bad = points.findIndex(([lon, lat]) => !Number.isFinite(lon) || !Number.isFinite(lat))
  if (bad >= 0) return { wrong: 'notNumbers', row: rowAt(bad) }
  const far = points.findIndex(([lon, lat]) => Math.abs(lon!) > FURTHEST_LON || Math.abs(lat!) > FURTHEST_LAT)
  if (far >= 0) return { wrong: 'swapped', row: rowAt(far) }
  const line = points.map(([lon, lat]): Spot => [lon!, lat!]).filter((spot, at, all) => at === 0 || spot[0] !== all[at - 1]![0] || spot[1] !== all[at - 1]![1])
  if (line.length < 2) return { wrong: 'tooFew' }
  return line.length > POINTS_MOST ? { wrong: 'tooMany' } : { points: line }
}
