import type { FilterSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { markName } from '@shared/map/marks'
import { token } from '@shared/theme/theme'
import { titleOf } from '@shared/ui/caseWords'
import { STATUSES, statusOf, type Status } from '@shared/ui/status'
import type { Point } from './points'

export const LAYERS = ['cases', 'cells', 'divisions', 'components'] as const
export type LayerName = (typeof LAYERS)[number]

const FONT = ['Inter Variable', 'Noto Sans SC', 'Noto Sans CJK SC', 'PingFang SC', 'Microsoft YaHei']

const tiles = (path: string): string => `${location.origin}/api/v1/${path}/{z}/{x}/{y}.mvt`

/** Larger is more pressing; a cluster is drawn in the shape of the most pressing case in it. */
const WEIGHT: Record<Status, number> = { critical: 5, high: 4, medium: 3, info: 2, ok: 1, offline: 0 }

export interface Points {
  type: 'FeatureCollection'
  features: { type: 'Feature'; geometry: { type: 'Point'; coordinates: [number, number] }; properties: Record<string, string | number> }[]
}

export function pointsOf(rows: readonly Point[]): Points {
  return {
    type: 'FeatureCollection',
    features: rows.map((row) => {
      const status = statusOf(row)
      return {
        type: 'Feature',
        geometry: { type: 'Point', coordinates: [row.lon, row.lat] },
        properties: { number: row.number, title: titleOf(row), status, weight: WEIGHT[status] },
      }
    }),
  }
}

export interface Drawn {
  rows: readonly Point[]
  on: ReadonlySet<LayerName>
  selected: Point | undefined
  /** Code of the 100 m cell of the selection, where there is one. */
  cell: string
}

export function sourcesOf(drawn: Drawn): Record<string, SourceSpecification> {
  const sources: Record<string, SourceSpecification> = {
    cases: {
      type: 'geojson',
      data: pointsOf(drawn.rows.filter((row) => row.number !== drawn.selected?.number)) as never,
      cluster: true,
      clusterRadius: 36,
      clusterMaxZoom: 15,
      clusterProperties: { worst: ['max', ['get', 'weight']] },
    },
    chosen: { type: 'geojson', data: pointsOf(drawn.selected ? [drawn.selected] : []) as never },
  }
  if (drawn.on.has('cells') || drawn.cell) sources.cells = { type: 'vector', tiles: [tiles('tiles/cells')], minzoom: 13, maxzoom: 16 }
  if (drawn.on.has('divisions')) sources.divisions = { type: 'vector', tiles: [tiles('tiles/divisions')], minzoom: 6, maxzoom: 14 }
  if (drawn.on.has('components')) sources.components = { type: 'vector', tiles: [tiles('tiles/components')], minzoom: 14, maxzoom: 16 }
  return sources
}

function places(drawn: Drawn): LayerSpecification[] {
  const found: LayerSpecification[] = []
  if (drawn.on.has('divisions')) {
    found.push({ id: 'divisions', type: 'line', source: 'divisions', 'source-layer': 'divisions', paint: { 'line-color': token('control'), 'line-width': 1.2, 'line-opacity': 0.8 } })
  }
  if (drawn.on.has('cells')) {
    found.push({ id: 'cells', type: 'line', source: 'cells', 'source-layer': 'cells', minzoom: 13, paint: { 'line-color': token('dim'), 'line-opacity': 0.38, 'line-width': 1 } })
  }
  if (drawn.cell) {
    const only: FilterSpecification = ['==', ['get', 'code'], drawn.cell]
    found.push(
      { id: 'chosen-cell', type: 'fill', source: 'cells', 'source-layer': 'cells', filter: only, paint: { 'fill-color': token('text'), 'fill-opacity': 0.14 } },
      { id: 'chosen-cell-edge', type: 'line', source: 'cells', 'source-layer': 'cells', filter: only, paint: { 'line-color': token('text'), 'line-width': 1.5 } },
    )
  }
  if (drawn.on.has('components')) {
    found.push({ id: 'components', type: 'circle', source: 'components', 'source-layer': 'components', minzoom: 15, paint: { 'circle-radius': 2.5, 'circle-color': token('map-land'), 'circle-stroke-color': token('offline'), 'circle-stroke-width': 1.2 } })
  }
  return found
}

const byWorst = ['match', ['get', 'worst'], ...STATUSES.flatMap((status) => [WEIGHT[status], markName(status)]), markName('medium')]

function cases(): LayerSpecification[] {
  const halo = { 'text-color': token('text'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 }
  return [
    { id: 'cluster-area', type: 'circle', source: 'cases', filter: ['has', 'point_count'], paint: { 'circle-radius': ['interpolate', ['linear'], ['get', 'point_count'], 2, 15, 50, 24, 500, 34], 'circle-color': token('surface'), 'circle-opacity': 0.72, 'circle-stroke-color': token('control'), 'circle-stroke-width': 1 } },
    { id: 'clusters', type: 'symbol', source: 'cases', filter: ['has', 'point_count'], layout: { 'icon-image': byWorst as never, 'icon-size': 0.55, 'icon-offset': [0, -11], 'icon-allow-overlap': true, 'text-field': ['get', 'point_count_abbreviated'], 'text-font': FONT, 'text-size': 12, 'text-offset': [0, 0.45], 'text-allow-overlap': true }, paint: { 'text-color': token('text') } },
    { id: 'marks', type: 'symbol', source: 'cases', filter: ['!', ['has', 'point_count']], layout: { 'icon-image': ['concat', 'mark-', ['get', 'status']], 'icon-size': 0.75, 'icon-allow-overlap': true, 'symbol-sort-key': ['get', 'weight'] } },
    { id: 'titles', type: 'symbol', source: 'cases', minzoom: 15.5, filter: ['!', ['has', 'point_count']], layout: { 'text-field': ['get', 'title'], 'text-font': FONT, 'text-size': 12, 'text-offset': [0, 1], 'text-anchor': 'top', 'text-max-width': 12 }, paint: { ...halo, 'text-color': token('dim') } },
  ]
}

function chosen(): LayerSpecification[] {
  return [
    { id: 'ring', type: 'circle', source: 'chosen', paint: { 'circle-radius': 21, 'circle-opacity': 0, 'circle-stroke-color': token('map-halo'), 'circle-stroke-width': 6 } },
    { id: 'ring-line', type: 'circle', source: 'chosen', paint: { 'circle-radius': 22, 'circle-opacity': 0, 'circle-stroke-color': token('text'), 'circle-stroke-width': 2 } },
    { id: 'chosen', type: 'symbol', source: 'chosen', layout: { 'icon-image': ['concat', 'mark-', ['get', 'status']], 'icon-size': 1.05, 'icon-allow-overlap': true, 'text-field': ['get', 'title'], 'text-font': FONT, 'text-size': 13, 'text-offset': [0, -2.3], 'text-anchor': 'bottom', 'text-allow-overlap': true }, paint: { 'text-color': token('text'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 } },
  ]
}

export function layersOf(drawn: Drawn): LayerSpecification[] {
  return [...places(drawn), ...(drawn.on.has('cases') ? cases() : []), ...(drawn.selected ? chosen() : [])]
}
