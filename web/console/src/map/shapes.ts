import type { Spot } from './layer'
import { areaOf, asArea, asLength, circle, distance, lengthOf, type Measured } from './sphere'

/** What was drawn or measured on the map. */
export type ShapeKind = 'line' | 'polygon' | 'circle'

export interface DrawnShape {
  kind: ShapeKind
  /** A circle has its centre only. */
  points: readonly Spot[]
  /** Of a circle, metres. */
  radius: number
}

/** A drawing longer than this is left out of the address: some programs cut longer ones. */
export const ADDRESS_MOST = 1200
const CORNERS_MOST = 200
const SHAPES_MOST = 20
const PER_DEGREE = 1e5
const LETTER: Record<ShapeKind, string> = { line: 'l', polygon: 'p', circle: 'c' }
const KIND: Record<string, ShapeKind> = { l: 'line', p: 'polygon', c: 'circle' }
const LEAST: Record<ShapeKind, number> = { line: 2, polygon: 3, circle: 1 }

/** The corners of the area of a shape; none for a line. */
export function ringOf(shape: DrawnShape): readonly Spot[] | null {
  if (shape.kind === 'line') return null
  return shape.kind === 'circle' ? circle(shape.points[0]!, shape.radius) : shape.points
}

/** Lengths and areas of a shape, the one that it is drawn for first. */
export function measuresOf(shape: DrawnShape): { what: 'length' | 'area' | 'around' | 'radius'; value: Measured }[] {
  if (shape.kind === 'line') return [{ what: 'length', value: asLength(lengthOf(shape.points)) }]
  if (shape.kind === 'circle') return [{ what: 'radius', value: asLength(shape.radius) }, { what: 'area', value: asArea(Math.PI * shape.radius ** 2) }]
  return [{ what: 'area', value: asArea(areaOf(shape.points)) }, { what: 'around', value: asLength(lengthOf([...shape.points, shape.points[0]!])) }]
}

/** A shape from the points that were set; null while there are too few. Points set twice in one place (a double click) count once. */
export function made(kind: ShapeKind, set: readonly Spot[]): DrawnShape | null {
  const points = set.filter((point, at) => at === 0 || distance(set[at - 1]!, point) > 0.05).slice(0, CORNERS_MOST)
  if (kind === 'circle') {
    const radius = points.length < 2 ? 0 : distance(points[0]!, points[1]!)
    return radius > 0 ? { kind, points: [points[0]!], radius } : null
  }
  return points.length < LEAST[kind] ? null : { kind, points, radius: 0 }
}

/** Shapes in an address: hundred-thousandths of a degree (about a metre) to the base 36, each point after the first as a step. */
export function written(shapes: readonly DrawnShape[]): string {
  return shapes.map((shape) => {
    let before: [number, number] = [0, 0]
    const steps = shape.points.flatMap(([lon, lat]) => {
      const now: [number, number] = [Math.round(lon * PER_DEGREE), Math.round(lat * PER_DEGREE)]
      const step = [now[0] - before[0], now[1] - before[1]]
      before = now
      return step
    })
    if (shape.kind === 'circle') steps.push(Math.round(shape.radius))
    return LETTER[shape.kind] + steps.map((step) => step.toString(36)).join('.')
  }).join('~')
}

/** The shapes of an address; what cannot be read is left out. */
export function readShapes(text: string): DrawnShape[] {
  if (text.length > ADDRESS_MOST * 2) return []
  return text.split('~').slice(0, SHAPES_MOST).flatMap((one) => readShape(one) ?? [])
}

function readShape(text: string): DrawnShape | null {
  const kind = KIND[text.charAt(0)]
  const steps = text.slice(1).split('.').map((step) => (/^-?[0-9a-z]+$/.test(step) ? parseInt(step, 36) : Number.NaN))
  if (!kind || steps.some(Number.isNaN)) return null
  const radius = kind === 'circle' ? steps.pop() ?? 0 : 0
  const points: Spot[] = []
  for (let at = 0; at + 1 < steps.length; at += 2) {
    const [lon, lat] = points.at(-1) ?? [0, 0]
    points.push([lon + steps[at]! / PER_DEGREE, lat + steps[at + 1]! / PER_DEGREE])
  }
  const sound = points.every(([lon, lat]) => Math.abs(lon) <= 180 && Math.abs(lat) <= 85)
  if (!sound || points.length < LEAST[kind] || points.length > CORNERS_MOST || (kind === 'circle' && radius <= 0)) return null
  return { kind, points: points.map(([lon, lat]) => [Math.round(lon * PER_DEGREE) / PER_DEGREE, Math.round(lat * PER_DEGREE) / PER_DEGREE]), radius }
}

/** Shapes as GeoJSON; a circle becomes a polygon that keeps its centre and radius beside it. */
export function geojsonOf(shapes: readonly DrawnShape[], words: (shape: DrawnShape) => string): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: shapes.map((shape) => {
      const ring = ringOf(shape)
      const geometry: GeoJSON.Geometry = ring ? { type: 'Polygon', coordinates: [[...ring, ring[0]!].map((point) => [...point])] } : { type: 'LineString', coordinates: shape.points.map((point) => [...point]) }
      const more = shape.kind === 'circle' ? { centre: shape.points[0], radius_m: Math.round(shape.radius) } : {}
      return { type: 'Feature', geometry, properties: { kind: shape.kind, measured: words(shape), ...more } }
    }),
  }
}
