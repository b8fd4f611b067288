import type { FilterSpecification, LayerSpecification } from 'maplibre-gl'
import { markName } from '@shared/map/marks'
import { token } from '@shared/theme/theme'
import { titleOf } from '@shared/ui/caseWords'
import { STATUSES, statusOf, type Status } from '@shared/ui/status'
import type { Point } from '../desk/points'
import type { Mark, Marks } from './doors'
import type { Drawing, Look, MapLayer } from './layer'

/** Cases as marks, and as heat. */

export const FONT = ['Inter Variable', 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei']
/** Weight of the worst case under a mark, as the server ranks them. */
export const STATUS_OF: readonly Status[] = ['offline', 'ok', 'info', 'medium', 'high', 'critical']
/** Below this zoom single titles would cover each other. */
const TITLES_FROM = 15.5
const HEAT_STEPS = [0.15, 0.4, 0.7, 1] as const
/** Wider than the squares that cases are gathered in, pixels: else each square would be a spot of its own. */
const HEAT_RADIUS = 72
const NO_MARKS: Marks = { marks: [], n: 0, cut: false }

const marksOf = (read: unknown): Marks => (read as Marks | undefined) ?? NO_MARKS

/** A case as a mark of its own. */
export const markOf = (point: Point): Mark => [point.lon, point.lat, 1, STATUS_OF.indexOf(statusOf(point)), point.number, titleOf(point)]

export function featuresOf({ marks }: Marks): GeoJSON.FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: marks.map(([lon, lat, n, weight, number, title]) => ({
      type: 'Feature', geometry: { type: 'Point', coordinates: [lon, lat] }, properties: { n, weight, status: STATUS_OF[weight] ?? 'medium', number, title },
    })),
  }
}

const MANY: FilterSpecification = ['>', ['get', 'n'], 1]
const ONE: FilterSpecification = ['==', ['get', 'n'], 1]
const icon = ['match', ['get', 'status'], ...STATUSES.flatMap((status) => [status, markName(status)]), markName('medium')]
/** 1,240 stands in a small circle as 1.2k. */
const short = ['case', ['>=', ['get', 'n'], 1000], ['concat', ['to-string', ['/', ['round', ['/', ['get', 'n'], 100]], 10]], 'k'], ['to-string', ['get', 'n']]]

/** The selected case over all others: ringed, larger, with its title. */
function chosen(spot: Mark): Drawing {
  const ring = (radius: number, colour: string, width: number): LayerSpecification['paint'] => ({ 'circle-radius': radius, 'circle-opacity': 0, 'circle-stroke-color': token(colour), 'circle-stroke-width': width })
  return {
    sources: { 'map-chosen': { type: 'geojson', data: featuresOf({ ...NO_MARKS, marks: [spot] }) as never } },
    layers: [
      { id: 'map-chosen-halo', type: 'circle', source: 'map-chosen', paint: ring(21, 'map-halo', 6) as never },
      { id: 'map-chosen-ring', type: 'circle', source: 'map-chosen', paint: ring(22, 'text', 2) as never },
      { id: 'map-chosen', type: 'symbol', source: 'map-chosen', layout: { 'icon-image': icon as never, 'icon-size': 1.05, 'icon-allow-overlap': true, 'text-field': ['get', 'title'], 'text-font': FONT, 'text-size': 13, 'text-offset': [0, -2.3], 'text-anchor': 'bottom', 'text-allow-overlap': true }, paint: { 'text-color': token('text'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 } },
    ],
  }
}

function marked(look: Look): Drawing {
  const over = look.spot ? chosen(look.spot) : { sources: {}, layers: [] }
  if (!look.shown) return over
  const halo = { 'text-color': token('dim'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 }
  const layers: LayerSpecification[] = [
    { id: 'map-crowds', type: 'circle', source: 'map-cases', filter: MANY, paint: { 'circle-radius': ['interpolate', ['linear'], ['get', 'n'], 2, 14, 50, 22, 1000, 32], 'circle-color': token('surface'), 'circle-opacity': 0.8, 'circle-stroke-color': token('control'), 'circle-stroke-width': 1 } },
    { id: 'map-crowd-words', type: 'symbol', source: 'map-cases', filter: MANY, layout: { 'icon-image': icon as never, 'icon-size': 0.5, 'icon-offset': [0, -12], 'icon-allow-overlap': true, 'text-field': short as never, 'text-font': FONT, 'text-size': 12, 'text-offset': [0, 0.45], 'text-allow-overlap': true }, paint: { 'text-color': token('text') } },
    { id: 'map-marks', type: 'symbol', source: 'map-cases', filter: ONE, layout: { 'icon-image': icon as never, 'icon-size': 0.75, 'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'weight'] } },
    { id: 'map-titles', type: 'symbol', source: 'map-cases', minzoom: TITLES_FROM, filter: ONE, layout: { 'text-field': ['get', 'title'], 'text-font': FONT, 'text-size': 12, 'text-offset': [0, 1], 'text-anchor': 'top', 'text-max-width': 12 }, paint: halo },
  ]
  return { sources: { 'map-cases': { type: 'geojson', data: featuresOf(marksOf(look.read)) as never }, ...over.sources }, layers: [...layers, ...over.layers] }
}

function heated(look: Look): Drawing {
  const read = marksOf(look.read)
  const most = Math.max(1, ...read.marks.map(([, , n]) => n))
  const colours = HEAT_STEPS.flatMap((step, at) => [step, token(`heat-${at + 1}`)])
  return {
    sources: { 'map-heat': { type: 'geojson', data: featuresOf(read) as never } },
    layers: [
      {
        id: 'map-heat', type: 'heatmap', source: 'map-heat',
        paint: {
          // A square of many counts by its root, so that one busy crossing does not bleach the rest.
          'heatmap-weight': ['/', ['sqrt', ['get', 'n']], Math.sqrt(most)],
          'heatmap-radius': HEAT_RADIUS,
          'heatmap-intensity': 0.7,
          // From the first step without its strength: from a clear black, the edge would be grey.
          'heatmap-color': ['interpolate', ['linear'], ['heatmap-density'], 0, `${token('heat-1')}00`, ...colours] as never,
          'heatmap-opacity': 0.75,
        },
      },
    ],
  }
}

const URGENCIES: readonly Status[] = ['critical', 'high', 'medium', 'info', 'ok', 'offline']

export const CASES: MapLayer = {
  id: 'cases', group: 'work', name: 'onMap.cases', on: true, from: 0, filtered: true, then: 'cases',
  legend: URGENCIES.map((status) => ({ shape: status, token: status, words: `status.${status}` })),
  read: (doors, asked, signal) => doors.marks(asked, signal),
  draw: marked,
  pressable: ['map-marks', 'map-crowds'],
  codeOf: (feature) => (feature.properties.n === 1 ? String(feature.properties.number) : ''),
  count: async (doors, asked, signal) => (await doors.counts(asked, signal)).cases ?? null,
  list: (doors, asked, cursor, signal) => doors.cases(asked, cursor, signal),
  file: (doors, asked, kind) => doors.casesFile(asked, kind),
  card: null,
}

export const HEAT: MapLayer = {
  id: 'heat', group: 'work', name: 'onMap.heat', on: false, from: 0, filtered: true, then: 'cases',
  legend: [{ shape: 'ramp', token: 'heat-1', words: 'onMap.heatLegend' }],
  read: (doors, asked, signal) => doors.marks(asked, signal),
  draw: heated,
  pressable: [],
  codeOf: () => '',
  count: async (doors, asked, signal) => (await doors.counts(asked, signal)).cases ?? null,
  card: null,
}
