import type { LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { token } from '@shared/theme/theme'
import { FONT } from './casesLayers'
import type { Drawing, Spot } from './layer'
import { ringOf, type DrawnShape, type ShapeKind } from './shapes'
import { circle, distance } from './sphere'

/** How shapes, and the one that is being drawn, look on the map. */
export const DRAFT = 'map-draft'

const EMPTY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

function drawnFeatures(shapes: readonly DrawnShape[], words: (shape: DrawnShape) => string): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: shapes.map((shape, at) => {
      const ring = ringOf(shape)
      const geometry: GeoJSON.Geometry = ring ? { type: 'Polygon', coordinates: [[...ring, ring[0]!].map((point) => [...point])] } : { type: 'LineString', coordinates: shape.points.map((point) => [...point]) }
      return { type: 'Feature', geometry, properties: { at, words: words(shape), area: ring !== null } }
    }),
  }
}

/** The points set so far, with the pointer as the next one. */
export function draftOf(kind: ShapeKind | null, points: readonly Spot[], hover: Spot | null): GeoJSON.FeatureCollection {
  if (!kind || points.length === 0) return EMPTY
  const line = hover ? [...points, hover] : [...points]
  const dots: GeoJSON.Feature[] = points.map((point) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [...point] }, properties: {} }))
  if (line.length < 2) return { type: 'FeatureCollection', features: dots }
  const ring = kind === 'circle' ? circle(line[0]!, distance(line[0]!, line[1]!)) : line
  const closed = kind === 'line' ? ring : [...ring, ring[0]!]
  return { type: 'FeatureCollection', features: [{ type: 'Feature', geometry: { type: 'LineString', coordinates: closed.map((point) => [...point]) }, properties: {} }, ...dots] }
}

export function drawingOf(shapes: readonly DrawnShape[], words: (shape: DrawnShape) => string, draft: GeoJSON.FeatureCollection = EMPTY): Drawing {
  const source = 'map-shapes'
  const sources: Record<string, SourceSpecification> = { [source]: { type: 'geojson', data: drawnFeatures(shapes, words) }, [DRAFT]: { type: 'geojson', data: draft } }
  const ink = token('focus-ink')
  const halo = { 'text-color': token('text'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 }
  const layers: LayerSpecification[] = [
    { id: 'map-shapes-area', type: 'fill', source, filter: ['get', 'area'], paint: { 'fill-color': ink, 'fill-opacity': 0.1 } },
    { id: 'map-shapes-line', type: 'line', source, paint: { 'line-color': ink, 'line-width': 2 } },
    { id: 'map-shapes-words', type: 'symbol', source, layout: { 'symbol-placement': 'point', 'text-field': ['get', 'words'], 'text-font': FONT, 'text-size': 12, 'text-allow-overlap': true }, paint: halo },
    { id: `${DRAFT}-line`, type: 'line', source: DRAFT, paint: { 'line-color': ink, 'line-width': 2, 'line-dasharray': [2, 1.5] } },
    { id: `${DRAFT}-dots`, type: 'circle', source: DRAFT, filter: ['==', ['geometry-type'], 'Point'], paint: { 'circle-radius': 4, 'circle-color': token('surface'), 'circle-stroke-color': ink, 'circle-stroke-width': 2 } },
  ]
  return { sources, layers }
}
