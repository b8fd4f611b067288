import type { Map as MapGl } from 'maplibre-gl'
import { watch } from 'vue'
import { theme } from '@shared/theme/theme'
import type { Asked, Figure, ListPage, MapLayer, Mounted } from '../../map/layer'
import type { MapDoors } from '../../map/doors'
import { VehicleDoors } from './doors'
import { nearest, UNITS_PER_DEGREE } from './frames'
import { FAMILIES } from './looks'
import { PointLayer } from './pointLayer'
import { liveFleet, ringed } from './store'
import { shownTrack, trackDrawing } from './track'
import VehiclePanel from './VehiclePanel.vue'

/** Moving vehicles as a layer of the one map. */

export const WATCHING = ['acceptor', 'shift_leader', 'dispatcher', 'supervisor', 'leader'] as const
const NAME = 'map-vehicles-live'
const REACH_PIXELS = 14
const FIRST_MS = 1500

function rowOf(id: number): number {
  return id ? liveFleet.rows.value.ids.indexOf(id) : -1
}

/** Puts the points on a map and answers presses on them; whoever takes the layer off calls `stop`. */
export function mountVehicles(map: MapGl, opacity: number, select: (code: string) => void, shown: (kind: string) => boolean = () => true): Mounted {
  const points = new PointLayer(NAME, { rows: () => liveFleet.rows.value, frameAt: () => liveFleet.frameAt, kinds: () => liveFleet.kinds.value, shown, selected: () => rowOf(ringed.value) })
  points.fade = opacity
  if (map.getLayer(NAME)) map.removeLayer(NAME)
  map.addLayer(points)
  const release = liveFleet.hold()
  const leave = liveFleet.onFrame(() => points.upload())
  const again = watch([ringed, theme], () => points.upload())
  function pressed(event: { point: { x: number; y: number }; lngLat: { lng: number; lat: number } }): void {
    const beside = map.unproject([event.point.x + REACH_PIXELS, event.point.y])
    const reach = Math.abs(beside.lng - event.lngLat.lng) * UNITS_PER_DEGREE
    const rows = liveFleet.rows.value
    const row = nearest(rows, event.lngLat.lng, event.lngLat.lat, reach, (kind) => shown(liveFleet.kinds.value[kind] ?? ''))
    if (row >= 0) select(String(rows.ids[row]))
  }
  map.on('click', pressed)
  return {
    fade: (share) => {
      points.fade = share
      points.upload()
    },
    stop: () => {
      map.off('click', pressed)
      again()
      leave()
      release()
      if (map.getLayer(NAME)) map.removeLayer(NAME)
    },
  }
}

/** Resolves when there is something to count, or after a few seconds without. */
function firstFrame(): Promise<void> {
  if (liveFleet.rows.value.count) return Promise.resolve()
  return new Promise((resolve) => {
    const done = (): void => {
      leave()
      clearTimeout(timer)
      resolve()
    }
    const leave = liveFleet.onFrame(done)
    const timer = setTimeout(done, FIRST_MS)
  })
}

/** How many are in view, by family: counted from what is on the screen already. */
export function figureOf({ box: [west, south, east, north] }: Pick<Asked, 'box'>): Figure {
  const { rows, kinds } = liveFleet
  const counts = new Map<string, number>()
  let all = 0
  for (let row = 0; row < rows.value.count; row += 1) {
    const lon = (rows.value.x[row] as number) / UNITS_PER_DEGREE
    const lat = (rows.value.y[row] as number) / UNITS_PER_DEGREE
    if ((rows.value.heardMs[row] as number) === 0 || lon < west || lon > east || lat < south || lat > north) continue
    all += 1
    const kind = kinds.value[rows.value.kind[row] as number] ?? ''
    const family = FAMILIES.find((one) => one.kinds.includes(kind))?.id ?? 'heavy'
    counts.set(family, (counts.get(family) ?? 0) + 1)
  }
  return { n: all, more: false, about: false, parts: [...counts].map(([family, n]) => ({ key: `moving.family.${family}`, zh: '', en: '', n })) }
}

async function listed(doors: MapDoors, asked: Asked, cursor: string, signal: AbortSignal): Promise<ListPage> {
  const page = await new VehicleDoors(doors.client).inView(asked.box, cursor, signal)
  return {
    next: page.next,
    rows: page.items.map((one) => ({ code: String(one.id), zh: one.plate, en: one.plate, detail_zh: `${one.kind_zh} · ${one.speed_kmh} km/h`, detail_en: `${one.kind_en} · ${one.speed_kmh} km/h`, status: null, lon: one.lon, lat: one.lat })),
  }
}

export const VEHICLES: MapLayer = {
  id: 'vehicles',
  group: 'moving',
  name: 'moving.layer',
  on: false,
  from: 0,
  then: 'off',
  duties: WATCHING,
  legend: FAMILIES.map((one) => ({ shape: one.shape === 'triangle' ? 'high' : one.shape === 'diamond' ? 'medium' : one.shape === 'cross' ? 'ok' : one.shape === 'square' ? 'area' : 'dot', token: one.token, words: `moving.family.${one.id}` })),
  mount: mountVehicles,
  draw: () => trackDrawing(shownTrack.value),
  pressable: [],
  codeOf: () => '',
  count: async (_doors, asked) => {
    await firstFrame()
    return liveFleet.rows.value.count ? figureOf(asked) : null
  },
  list: listed,
  card: VehiclePanel,
}
