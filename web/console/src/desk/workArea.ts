import { watch, type Ref } from 'vue'
import { useConsole } from '../state'
import type { Point } from './points'

export type Box = [west: number, south: number, east: number, north: number]

/** Of a hundred cases, two on either side may lie elsewhere without the map zooming out for them. */
const STRAY = 0.02

/** The box that holds the open cases, but for the few that lie far off; null without cases. */
export function workArea(points: readonly Pick<Point, 'lon' | 'lat'>[]): Box | null {
  if (points.length === 0) return null
  const lons = points.map((one) => one.lon).sort((a, b) => a - b)
  const lats = points.map((one) => one.lat).sort((a, b) => a - b)
  const low = Math.floor(points.length * STRAY)
  const high = points.length - 1 - low
  return [lons[low]!, lats[low]!, lons[high]!, lats[high]!]
}

interface Fitting {
  fit: (box: Box) => void
}

/** Opens a map where the work lies, once, as soon as both are there and `free` says that nothing else was looked at. */
export function useWorkArea(city: Ref<Fitting | undefined>, ready: Ref<unknown>, free: () => boolean): void {
  const { points } = useConsole()
  let done = false
  watch([ready, points.points], () => {
    const box = workArea(points.points.value)
    if (done || !ready.value || !box) return
    done = true
    if (free()) city.value?.fit(box)
  }, { flush: 'post', immediate: true })
}
