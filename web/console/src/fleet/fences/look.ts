import type { ExpressionSpecification, LayerSpecification } from 'maplibre-gl'
import type { Overlay } from '@shared/map/CityMap.vue'
import { token } from '@shared/theme/theme'
import { FONT } from '../../map/casesLayers'
import { DRAFT, drawingOf } from '../../map/drawing'
import type { FenceRow, Severity } from '../doors'
import { boundsOf, complete, corners, drawable, middles, opened, type Handle, type Sketch } from './sketch'

/** How fences, and the one that is being changed, look on the map. */
export const FENCE_LAYERS = ['fences-area', 'fences-corridor']
export const CORNERS = 'sketch-corners'
export const MIDDLES = 'sketch-middles'
const ORDER: Severity[] = ['critical', 'high', 'medium', 'info']
const MANY: GeoJSON.FeatureCollection = { type: 'FeatureCollection', features: [] }

/** What a fence and a declared route have alike on the map; the tone is its colour. */
export interface Bordered extends Pick<FenceRow, 'code' | 'geometry' | 'radius_m' | 'width_m'> { name: string; tone: Severity | 'none' }

/** The loudest of a fence's rules; none where no rule names it. */
export const loudest = (fence: FenceRow): Severity | 'none' => ORDER.find((one) => fence.rules.some((rule) => rule.severity === one)) ?? 'none'

/** Where the name of a fence stands: on a corner in the middle of a corridor, else in the middle of its box. */
function middleOf(sketch: Sketch): GeoJSON.Position {
  const first = sketch.parts[0] ?? []
  if (sketch.shape === 'corridor') return [...(first[Math.floor(first.length / 2)] ?? [0, 0])]
  const [west, south, east, north] = boundsOf(sketch)
  return [(west + east) / 2, (south + north) / 2]
}

/** A width given for zoom 0 grows with the map. */
const wide = (least: number): ExpressionSpecification => ['interpolate', ['exponential', 2], ['zoom'], 0, ['max', least, ['get', 'w0']], 22, ['max', least, ['*', ['get', 'w0'], 2 ** 22]]]

function features(fences: readonly Bordered[], chosen: string): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: fences.flatMap((fence) => {
      const sketch = opened(fence)
      const { geometry, w0 } = sketch ? drawable(sketch) : { geometry: fence.geometry, w0: 0 }
      const properties = { code: fence.code, name: fence.name, tone: fence.tone, line: sketch?.shape === 'corridor', on: fence.code === chosen, w0 }
      const label: GeoJSON.Feature[] = sketch ? [{ type: 'Feature', geometry: { type: 'Point', coordinates: middleOf(sketch) }, properties }] : []
      return [{ type: 'Feature', geometry, properties }, ...label]
    }),
  }
}

const dots = (handles: readonly Handle[], chosen: Handle | null): GeoJSON.FeatureCollection => ({
  type: 'FeatureCollection',
  features: handles.map((one) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [...one.spot] }, properties: { part: one.part, at: one.at, on: chosen?.part === one.part && chosen.at === one.at } })),
})

function tones(): ExpressionSpecification {
  return ['match', ['get', 'tone'], 'critical', token('critical'), 'high', token('high'), 'medium', token('medium'), 'info', token('info'), token('offline')]
}

function kept(): LayerSpecification[] {
  const width: ExpressionSpecification = ['case', ['get', 'on'], 3, 1.5]
  return [
    { id: 'fences-area', type: 'fill', source: 'fences', filter: ['!', ['get', 'line']], paint: { 'fill-color': tones(), 'fill-opacity': ['case', ['get', 'on'], 0.28, 0.14] } },
    { id: 'fences-corridor', type: 'line', source: 'fences', filter: ['get', 'line'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': tones(), 'line-opacity': 0.35, 'line-width': wide(2) } },
    { id: 'fences-line', type: 'line', source: 'fences', paint: { 'line-color': tones(), 'line-width': width } },
    { id: 'fences-name', type: 'symbol', source: 'fences', minzoom: 11, filter: ['==', ['geometry-type'], 'Point'], layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'symbol-placement': 'point' }, paint: { 'text-color': token('text'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 } },
  ]
}

function sketchLayers(): LayerSpecification[] {
  const ink = token('focus-ink')
  return [
    { id: 'sketch-fill', type: 'fill', source: 'sketch', filter: ['==', ['geometry-type'], 'Polygon'], paint: { 'fill-color': ink, 'fill-opacity': 0.16 } },
    { id: 'sketch-wide', type: 'line', source: 'sketch', filter: ['==', ['geometry-type'], 'LineString'], layout: { 'line-cap': 'round', 'line-join': 'round' }, paint: { 'line-color': ink, 'line-opacity': 0.25, 'line-width': wide(3) } },
    { id: 'sketch-line', type: 'line', source: 'sketch', paint: { 'line-color': ink, 'line-width': 2 } },
    { id: MIDDLES, type: 'circle', source: MIDDLES, paint: { 'circle-radius': 4, 'circle-color': ink, 'circle-opacity': 0.5 } },
    { id: CORNERS, type: 'circle', source: CORNERS, paint: { 'circle-radius': ['case', ['get', 'on'], 8, 6], 'circle-color': ['case', ['get', 'on'], ink, token('surface')], 'circle-stroke-color': ink, 'circle-stroke-width': 2 } },
  ]
}

export function overlayOf(fences: readonly Bordered[], chosen: string, sketch: Sketch | null, corner: Handle | null, drawn: GeoJSON.FeatureCollection): Overlay {
  const draft = drawingOf([], () => '', drawn)
  const shape = complete(sketch) ? drawable(sketch) : null
  return {
    sources: {
      fences: { type: 'geojson', data: features(fences.filter((fence) => !sketch || fence.code !== chosen), chosen) },
      sketch: { type: 'geojson', data: shape ? { type: 'Feature', geometry: shape.geometry, properties: { w0: shape.w0 } } : MANY },
      [CORNERS]: { type: 'geojson', data: sketch ? dots(corners(sketch), corner) : MANY },
      [MIDDLES]: { type: 'geojson', data: sketch ? dots(middles(sketch), null) : MANY },
      [DRAFT]: draft.sources[DRAFT]!,
    },
    layers: [...kept(), ...sketchLayers(), ...draft.layers.filter((layer) => layer.id.startsWith(DRAFT))],
  }
}
