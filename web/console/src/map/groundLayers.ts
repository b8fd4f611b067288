import type { FilterSpecification, LayerSpecification, SourceSpecification } from 'maplibre-gl'
import { defineAsyncComponent } from 'vue'
import { markName } from '@shared/map/marks'
import { token } from '@shared/theme/theme'
import { FONT } from './casesLayers'
import type { Drawing, Look, MapLayer } from './layer'

/** What the city stands on: divisions, grids, cells, components, stations. */

const card = defineAsyncComponent(() => import('./PlaceCardPanel.vue'))
const fixture = defineAsyncComponent(() => import('./ComponentCardPanel.vue'))
const STAFF = ['collector', 'acceptor', 'shift_leader', 'dispatcher', 'unit', 'arbiter', 'supervisor', 'leader', 'admin', 'auditor', 'integrator'] as const
/** From here tiles bring every component, before only counts. */
const SINGLE_FROM = 16
const MARKED = ['broken', 'lost', 'moved'] as const
const MARK_OF = { broken: 'high', lost: 'critical', moved: 'info' } as const

const tiles = (path: string, query = ''): string => `${location.origin}/api/v1/tiles/${path}/{z}/{x}/{y}.mvt${query}`
const vector = (path: string, minzoom: number, maxzoom: number, query = ''): SourceSpecification => ({ type: 'vector', tiles: [tiles(path, query)], minzoom, maxzoom })

/** Lines of areas, with the chosen one filled; a clear fill takes the press. */
function areas(name: string, look: Look, zooms: [number, number], line: { token: string; width: number; opacity: unknown }): Drawing {
  const source = `map-${name}`
  const chosen: FilterSpecification = ['==', ['get', 'code'], look.selected]
  const layers: LayerSpecification[] = !look.shown ? [] : [
    ...(look.pressed ? [{ id: `${source}-area`, type: 'fill', source, 'source-layer': name, paint: { 'fill-color': token('text'), 'fill-opacity': 0.001 } } as const] : []),
    { id: `${source}-line`, type: 'line', source, 'source-layer': name, paint: { 'line-color': token(line.token), 'line-width': line.width, 'line-opacity': line.opacity as never } },
  ]
  if (look.selected) {
    layers.push(
      { id: `${source}-chosen`, type: 'fill', source, 'source-layer': name, filter: chosen, paint: { 'fill-color': token('text'), 'fill-opacity': 0.12 } },
      { id: `${source}-edge`, type: 'line', source, 'source-layer': name, filter: chosen, paint: { 'line-color': token('text'), 'line-width': 2 } },
    )
  }
  return { sources: { [source]: vector(name, ...zooms) }, layers }
}

function components(look: Look): Drawing {
  // A class of components narrows them; one of events says nothing about them.
  const [kind, code] = look.filter.class.split(':')
  const query = kind === 'component' && code ? `?class=${code}` : ''
  const source = query ? `map-components-${code}` : 'map-components'
  const at = { source, 'source-layer': 'components' }
  const plain: FilterSpecification = ['!', ['in', ['get', 'state'], ['literal', [...MARKED]]]]
  const layers: LayerSpecification[] = !look.shown ? [] : [
    { id: 'map-component-counts', type: 'circle', ...at, maxzoom: SINGLE_FROM, paint: { 'circle-radius': ['interpolate', ['linear'], ['sqrt', ['get', 'n']], 1, 1.6, 10, 4, 60, 9], 'circle-color': token('map-label'), 'circle-opacity': ['interpolate', ['linear'], ['zoom'], 10, 0.3, 15, 0.55], 'circle-stroke-width': 0 } },
    { id: 'map-components', type: 'circle', ...at, minzoom: SINGLE_FROM, filter: plain, paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], SINGLE_FROM, 2.4, 19, 5], 'circle-color': token('map-land'), 'circle-stroke-color': token('offline'), 'circle-stroke-width': 1.2 } },
    { id: 'map-components-marked', type: 'symbol', ...at, minzoom: SINGLE_FROM, filter: ['!', plain] as FilterSpecification, layout: { 'icon-image': ['match', ['get', 'state'], ...MARKED.flatMap((state) => [state, markName(MARK_OF[state])]), markName('offline')] as never, 'icon-size': 0.6, 'icon-allow-overlap': true } },
  ]
  if (look.selected) layers.push({ id: 'map-component-chosen', type: 'circle', ...at, minzoom: SINGLE_FROM, filter: ['==', ['get', 'code'], look.selected], paint: { 'circle-radius': 11, 'circle-opacity': 0, 'circle-stroke-color': token('text'), 'circle-stroke-width': 2 } })
  return { sources: { [source]: vector('components', 10, 16, query) }, layers }
}

function stations(look: Look): Drawing {
  return {
    sources: { 'map-stations': { type: 'geojson', data: (look.read ?? { type: 'FeatureCollection', features: [] }) as never } },
    layers: [
      { id: 'map-stations', type: 'circle', source: 'map-stations', paint: { 'circle-radius': ['interpolate', ['linear'], ['zoom'], 10, 2.5, 16, 6], 'circle-color': token('surface'), 'circle-stroke-color': token('map-metro'), 'circle-stroke-width': 2 } },
      { id: 'map-station-names', type: 'symbol', source: 'map-stations', minzoom: 13, layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 11, 'text-offset': [0, 0.9], 'text-anchor': 'top' }, paint: { 'text-color': token('map-label'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 } },
      ...(look.selected ? [{ id: 'map-station-chosen', type: 'circle', source: 'map-stations', filter: ['==', ['get', 'code'], look.selected], paint: { 'circle-radius': 12, 'circle-opacity': 0, 'circle-stroke-color': token('text'), 'circle-stroke-width': 2 } } as LayerSpecification] : []),
    ],
  }
}

/** What the five have in common: counted, listed and saved by the doors of the map. */
function ground(id: string, rest: Omit<MapLayer, 'id' | 'group' | 'name' | 'codeOf' | 'count' | 'list' | 'file' | 'card'> & { card?: MapLayer['card'] }): MapLayer {
  return {
    id, group: 'ground', name: `onMap.${id}`, card,
    codeOf: (feature) => String(feature.properties.code ?? ''),
    count: async (doors, asked, signal) => (await doors.counts(asked, signal))[id] ?? null,
    list: (doors, asked, cursor, signal) => doors.places(id, asked, cursor, signal),
    file: (doors, asked, kind) => doors.placesFile(id, asked, kind),
    ...rest,
  }
}

const faint = (from: number, opacity: number): unknown => ['interpolate', ['linear'], ['zoom'], from, 0.1, from + 1.5, opacity]

export const DIVISIONS = ground('divisions', {
  on: true, from: 6, legend: [{ shape: 'line', token: 'control', words: 'onMap.divisionsLegend' }], pressable: ['map-divisions-area'],
  draw: (look) => areas('divisions', look, [6, 14], { token: 'control', width: 1.2, opacity: 0.8 }),
})
export const GRIDS = ground('grids', {
  on: false, from: 10, duties: STAFF, legend: [{ shape: 'line', token: 'info', words: 'onMap.gridsLegend' }], pressable: ['map-grids-area'],
  draw: (look) => areas('grids', look, [10, 16], { token: 'info', width: 1, opacity: faint(10, 0.7) }),
})
export const CELLS = ground('cells', {
  on: true, from: 13, duties: STAFF, legend: [{ shape: 'line', token: 'dim', words: 'onMap.cellsLegend' }], pressable: ['map-cells-area'],
  draw: (look) => areas('cells', look, [13, 16], { token: 'dim', width: 1, opacity: faint(13, 0.38) }),
})
export const COMPONENTS = ground('components', {
  on: false, from: 10, duties: STAFF, card: fixture, filtered: true,
  legend: [
    { shape: 'ring', token: 'offline', words: 'onMap.intact' }, { shape: 'high', token: 'high', words: 'onMap.broken' }, { shape: 'critical', token: 'critical', words: 'onMap.lost' },
    { shape: 'info', token: 'info', words: 'onMap.moved' }, { shape: 'dot', token: 'map-label', words: 'onMap.manyComponents' },
  ],
  pressable: ['map-components', 'map-components-marked'], draw: components,
})
export const STATIONS = ground('stations', {
  on: false, from: 9, legend: [{ shape: 'ring', token: 'map-metro', words: 'onMap.stationsLegend' }], pressable: ['map-stations'], draw: stations,
  read: async (doors, asked, signal) => {
    const page = await doors.places('stations', { ...asked, within: null }, '', signal, 500)
    return { type: 'FeatureCollection', features: page.rows.map((row) => ({ type: 'Feature', geometry: { type: 'Point', coordinates: [row.lon, row.lat] }, properties: { code: row.code, name: document.documentElement.lang.startsWith('zh') ? row.zh : row.en } })) }
  },
})
