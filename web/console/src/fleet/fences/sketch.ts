import type { Spot } from '../../map/layer'
import type { DrawnShape } from '../../map/shapes'
import { areaOf, circle, lengthOf } from '../../map/sphere'
import type { FenceRow, FenceShape } from '../doors'

/** A fence while it is drawn: rings of an area (the first outside, the others holes), the middle of a circle, the line of a corridor. Rings are not closed. */
export interface Sketch {
  shape: FenceShape
  parts: readonly (readonly Spot[])[]
  /** Metres: radius of a circle, full width of a corridor. */
  size: number
}

export const SIZES: Record<'circle' | 'corridor', { least: number; most: number; usual: number }> = {
  circle: { least: 10, most: 50_000, usual: 200 },
  corridor: { least: 4, most: 5_000, usual: 60 },
}
const LEAST: Record<FenceShape, number> = { area: 3, circle: 1, corridor: 2 }
const DIGITS = 1e7

const fixed = (spot: Spot): Spot => [Math.round(spot[0] * DIGITS) / DIGITS, Math.round(spot[1] * DIGITS) / DIGITS]
const spots = (points: readonly GeoJSON.Position[]): Spot[] => points.map((point) => [point[0] ?? 0, point[1] ?? 0])

/** What was drawn with the map's tools, as a fence. */
export function sketched(drawn: DrawnShape): Sketch {
  if (drawn.kind === 'circle') return { shape: 'circle', parts: [drawn.points.map(fixed)], size: Math.max(SIZES.circle.least, Math.round(drawn.radius)) }
  return { shape: drawn.kind === 'line' ? 'corridor' : 'area', parts: [drawn.points.map(fixed)], size: drawn.kind === 'line' ? SIZES.corridor.usual : 0 }
}

/** A fence as it is kept, opened for changing; null for one of several outlines, which a file changes. */
export function opened(fence: Pick<FenceRow, 'geometry' | 'radius_m' | 'width_m'>): Sketch | null {
  const { geometry } = fence
  if (geometry.type === 'Polygon') return { shape: 'area', parts: geometry.coordinates.map((ring) => spots(ring.slice(0, -1))), size: 0 }
  if (geometry.type === 'Point') return { shape: 'circle', parts: [spots([geometry.coordinates])], size: fence.radius_m ?? SIZES.circle.usual }
  if (geometry.type === 'LineString') return { shape: 'corridor', parts: [spots(geometry.coordinates)], size: fence.width_m ?? SIZES.corridor.usual }
  return null
}

const closed = (ring: readonly Spot[]): GeoJSON.Position[] => [...ring, ring[0]!].map((point) => [...point])

/** The same for the server. */
export function geometryOf(sketch: Sketch): { shape: FenceShape; geometry: GeoJSON.Geometry; radius_m: number | null; width_m: number | null } {
  const first = sketch.parts[0] ?? []
  if (sketch.shape === 'circle') return { shape: 'circle', geometry: { type: 'Point', coordinates: [...first[0]!] }, radius_m: sketch.size, width_m: null }
  if (sketch.shape === 'corridor') return { shape: 'corridor', geometry: { type: 'LineString', coordinates: first.map((point) => [...point]) }, radius_m: null, width_m: sketch.size }
  return { shape: 'area', geometry: { type: 'Polygon', coordinates: sketch.parts.filter((ring) => ring.length >= LEAST.area).map(closed) }, radius_m: null, width_m: null }
}

export const complete = (sketch: Sketch | null): sketch is Sketch => sketch !== null && (sketch.parts[0]?.length ?? 0) >= LEAST[sketch.shape]

function changed(sketch: Sketch, part: number, points: readonly Spot[]): Sketch {
  return { ...sketch, parts: sketch.parts.map((one, at) => (at === part ? points : one)) }
}

/** A corner moved to another place. */
export const moved = (sketch: Sketch, part: number, at: number, spot: Spot): Sketch =>
  changed(sketch, part, (sketch.parts[part] ?? []).map((one, place) => (place === at ? fixed(spot) : one)))

/** A new corner after another one. */
export function inserted(sketch: Sketch, part: number, after: number, spot: Spot): Sketch {
  const points = [...(sketch.parts[part] ?? [])]
  points.splice(after + 1, 0, fixed(spot))
  return changed(sketch, part, points)
}

/** Without a corner; a hole that has too few left goes, an outline keeps its least. */
export function removed(sketch: Sketch, part: number, at: number): Sketch {
  const points = (sketch.parts[part] ?? []).filter((_, place) => place !== at)
  if (points.length >= LEAST[sketch.shape]) return changed(sketch, part, points)
  return part === 0 ? sketch : { ...sketch, parts: sketch.parts.filter((_, place) => place !== part) }
}

/** An area with one more hole. */
export const holed = (sketch: Sketch, ring: readonly Spot[]): Sketch => (sketch.shape === 'area' && ring.length >= LEAST.area ? { ...sketch, parts: [...sketch.parts, ring.map(fixed)] } : sketch)

export interface Handle { part: number; at: number; spot: Spot }

export const corners = (sketch: Sketch): Handle[] => sketch.parts.flatMap((points, part) => points.map((spot, at) => ({ part, at, spot })))

/** The middles of the sides, where a new corner can be pulled out. */
export function middles(sketch: Sketch): Handle[] {
  if (sketch.shape === 'circle') return []
  return sketch.parts.flatMap((points, part) => {
    const last = sketch.shape === 'area' ? points.length : points.length - 1
    return points.slice(0, last).map((spot, at) => {
      const other = points[(at + 1) % points.length]!
      return { part, at, spot: [(spot[0] + other[0]) / 2, (spot[1] + other[1]) / 2] as Spot }
    })
  })
}

/** Square metres, by the sphere; round ends of a corridor counted. */
export function sizeOf(sketch: Sketch): number {
  const first = sketch.parts[0] ?? []
  if (sketch.shape === 'circle') return Math.PI * sketch.size ** 2
  if (sketch.shape === 'corridor') return lengthOf(first) * sketch.size + (Math.PI * sketch.size ** 2) / 4
  return sketch.parts.reduce((sum, ring, at) => sum + (at === 0 ? 1 : -1) * areaOf(ring), 0)
}

/** A fence as the map draws it: circles as polygons, corridors as lines with the pixels that their width has at zoom 0. */
export function drawable(sketch: Sketch): { geometry: GeoJSON.Geometry; w0: number } {
  const first = sketch.parts[0] ?? []
  if (sketch.shape === 'circle') return { geometry: { type: 'Polygon', coordinates: [closed(circle(first[0]!, sketch.size))] }, w0: 0 }
  if (sketch.shape === 'area') return { geometry: geometryOf(sketch).geometry, w0: 0 }
  const middle = first[Math.floor(first.length / 2)]?.[1] ?? 0
  return { geometry: { type: 'LineString', coordinates: first.map((point) => [...point]) }, w0: sketch.size / (METRES_PER_PIXEL * Math.cos((middle * Math.PI) / 180)) }
}
/** At zoom 0 on the equator, tiles of 512 pixels. */
const METRES_PER_PIXEL = 78_271.517

/** West, south, east, north of a sketch. */
export function boundsOf(sketch: Sketch): [number, number, number, number] {
  const all = sketch.shape === 'circle' ? circle(sketch.parts[0]![0]!, sketch.size) : sketch.parts.flat()
  const lons = all.map((spot) => spot[0])
  const lats = all.map((spot) => spot[1])
  return [Math.min(...lons), Math.min(...lats), Math.max(...lons), Math.max(...lats)]
}

/** West, south, east, north of several; null where there is none. */
export function boundsOfAll(sketches: readonly (Sketch | null)[]): [number, number, number, number] | null {
  const all = sketches.filter((one) => one !== null).map(boundsOf)
  const edge = (side: 0 | 1 | 2 | 3, most: (...values: number[]) => number): number => most(...all.map((one) => one[side]))
  return all.length ? [edge(0, Math.min), edge(1, Math.min), edge(2, Math.max), edge(3, Math.max)] : null
}
