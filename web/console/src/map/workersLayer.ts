import type { LayerSpecification } from 'maplibre-gl'
import { defineAsyncComponent } from 'vue'
import { seatName } from '@shared/api/seats'
import { token } from '@shared/theme/theme'
import { shortWords } from '@shared/time/time'
import { FONT } from './casesLayers'
import type { MapDoors } from './doors'
import type { Asked, Drawing, Figure, ListRow, Look, MapLayer } from './layer'

/** Workers on shift as a layer of the one map. Each reading is a look that the ledger keeps, so nothing is asked while the layer is off. */

export interface Worker {
  person_id: number
  name: string
  begun_at: string
  at: string | null
  lon: number | null
  lat: number | null
  accuracy_m: number | null
}

/** Moving the map within this time is the same look. */
const SAME_LOOK_MS = 15_000
/** From here a position is drawn as an old one. */
export const OLD_MS = 120_000

let looked: { at: number; answer: Promise<Worker[]> } | null = null
/** The reading that belongs to the question now asked; empty while the layer is off. */
let reading: Promise<Worker[]> | null = null

/** Who is on shift; what was asked a moment ago is not asked again. */
export function workersOut(doors: MapDoors, now = Date.now()): Promise<Worker[]> {
  if (!looked || now - looked.at > SAME_LOOK_MS) {
    const answer = doors.client.get<{ items: Worker[] }>('/walks/out').then(({ items }) => items)
    looked = { at: now, answer }
    answer.catch(() => { looked = null })
  }
  return looked.answer
}

const inBox = (worker: Worker, [west, south, east, north]: Asked['box']): boolean =>
  worker.lon !== null && worker.lat !== null && worker.lon >= west && worker.lon <= east && worker.lat >= south && worker.lat <= north

const isOld = (worker: Worker, now: number): boolean => worker.at === null || now - Date.parse(worker.at) > OLD_MS

export function figureOf(workers: readonly Worker[], box: Asked['box'], now: number): Figure {
  const here = workers.filter((worker) => inBox(worker, box))
  const old = here.filter((worker) => isOld(worker, now)).length
  return { n: here.length, more: false, about: false, parts: old ? [{ key: 'workers.old', zh: '', en: '', n: old }] : [] }
}

export function rowsOf(workers: readonly Worker[], box: Asked['box'], now: number): ListRow[] {
  return workers.flatMap((worker) => {
    if (worker.lon === null || worker.lat === null || !inBox(worker, box)) return []
    const when = worker.at ? shortWords(worker.at, now) : ''
    return [{ code: String(worker.person_id), zh: seatName(worker.name), en: seatName(worker.name), detail_zh: when, detail_en: when, status: isOld(worker, now) ? 'offline' : null, lon: worker.lon, lat: worker.lat }]
  })
}

function draw(look: Look): Drawing {
  const now = Date.now()
  const features = ((look.read as Worker[] | undefined) ?? []).flatMap((worker) => (worker.lon === null || worker.lat === null ? [] : [{ type: 'Feature' as const, geometry: { type: 'Point' as const, coordinates: [worker.lon, worker.lat] }, properties: { code: String(worker.person_id), name: seatName(worker.name), old: isOld(worker, now) } }]))
  const layers: LayerSpecification[] = [
    { id: 'map-workers', type: 'circle', source: 'map-workers', paint: { 'circle-radius': 8, 'circle-color': ['case', ['get', 'old'], token('surface'), token('info')], 'circle-stroke-color': ['case', ['get', 'old'], token('offline'), token('text')], 'circle-stroke-width': 2 } },
    { id: 'map-worker-names', type: 'symbol', source: 'map-workers', minzoom: 12, layout: { 'text-field': ['get', 'name'], 'text-font': FONT, 'text-size': 12, 'text-offset': [0, 1.1], 'text-anchor': 'top' }, paint: { 'text-color': token('text'), 'text-halo-color': token('map-halo'), 'text-halo-width': 2 } },
  ]
  if (look.selected) layers.push({ id: 'map-worker-chosen', type: 'circle', source: 'map-workers', filter: ['==', ['get', 'code'], look.selected], paint: { 'circle-radius': 14, 'circle-opacity': 0, 'circle-stroke-color': token('text'), 'circle-stroke-width': 2 } })
  return { sources: { 'map-workers': { type: 'geojson', data: { type: 'FeatureCollection', features } } }, layers }
}

export const WORKERS: MapLayer = {
  id: 'workers',
  group: 'moving',
  name: 'workers.layer',
  on: false,
  from: 0,
  moves: true,
  then: 'off',
  duties: ['dispatcher', 'supervisor'],
  legend: [{ shape: 'dot', token: 'info', words: 'workers.legend' }, { shape: 'ring', token: 'offline', words: 'workers.old' }],
  read: (doors) => {
    reading = workersOut(doors)
    return reading
  },
  draw,
  pressable: ['map-workers'],
  codeOf: (feature) => String(feature.properties.code ?? ''),
  count: async (_doors, asked) => {
    await Promise.resolve() // the question of the same round comes right after this one
    const answer = reading
    reading = null
    return answer ? figureOf(await answer, asked.box, Date.now()) : null
  },
  list: async (doors, asked) => ({ rows: rowsOf(await workersOut(doors), asked.box, Date.now()), next: null }),
  card: defineAsyncComponent(() => import('./WorkerCardPanel.vue')),
}
