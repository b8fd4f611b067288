import type { Spot } from './layer'

/** Measures on the sphere of the mean radius of the earth (IUGG): within half a percent of the ellipsoid. */
export const RADIUS_M = 6_371_008.8
const CIRCLE_CORNERS = 64

const rad = (degrees: number): number => (degrees * Math.PI) / 180
const deg = (radians: number): number => (radians * 180) / Math.PI

/** Metres between two points along the great circle. */
export function distance(a: Spot, b: Spot): number {
  const half = Math.sin(rad(b[1] - a[1]) / 2) ** 2 + Math.cos(rad(a[1])) * Math.cos(rad(b[1])) * Math.sin(rad(b[0] - a[0]) / 2) ** 2
  return 2 * RADIUS_M * Math.asin(Math.min(1, Math.sqrt(half)))
}

/** Metres along a line. */
export const lengthOf = (points: readonly Spot[]): number => points.slice(1).reduce((sum, point, at) => sum + distance(points[at]!, point), 0)

/** Square metres inside a ring that need not be closed (Chamberlain and Duquette, JPL 07-03). */
export function areaOf(ring: readonly Spot[]): number {
  if (ring.length < 3) return 0
  const n = ring.length
  const sum = ring.reduce((all, point, at) => {
    const before = ring[(at + n - 1) % n]!
    const after = ring[(at + 1) % n]!
    return all + rad(after[0] - before[0]) * Math.sin(rad(point[1]))
  }, 0)
  return Math.abs((sum * RADIUS_M * RADIUS_M) / 2)
}

/** The point that lies `metres` from another in a direction (radians from north, clockwise). */
export function from(centre: Spot, metres: number, bearing: number): Spot {
  const far = metres / RADIUS_M
  const lat = rad(centre[1])
  const up = Math.asin(Math.sin(lat) * Math.cos(far) + Math.cos(lat) * Math.sin(far) * Math.cos(bearing))
  const aside = Math.atan2(Math.sin(bearing) * Math.sin(far) * Math.cos(lat), Math.cos(far) - Math.sin(lat) * Math.sin(up))
  return [centre[0] + deg(aside), deg(up)]
}

/** Corners of a circle. */
export const circle = (centre: Spot, metres: number): Spot[] => Array.from({ length: CIRCLE_CORNERS }, (_, at) => from(centre, metres, (2 * Math.PI * at) / CIRCLE_CORNERS))

/** A length or an area with its unit: the key of the words, and the figure with three digits that mean something. */
export interface Measured {
  unit: 'metres' | 'kilometres' | 'squareMetres' | 'hectares' | 'squareKilometres'
  figure: string
}

const digits = (value: number): string => value.toLocaleString('en', value >= 100 ? { maximumFractionDigits: 0 } : { maximumSignificantDigits: 3 })

export const asLength = (metres: number): Measured => (metres < 1000 ? { unit: 'metres', figure: digits(metres) } : { unit: 'kilometres', figure: digits(metres / 1000) })

export function asArea(squareMetres: number): Measured {
  if (squareMetres < 10_000) return { unit: 'squareMetres', figure: digits(squareMetres) }
  if (squareMetres < 1_000_000) return { unit: 'hectares', figure: digits(squareMetres / 10_000) }
  return { unit: 'squareKilometres', figure: digits(squareMetres / 1_000_000) }
}
