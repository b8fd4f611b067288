import type { Map as MapGl, MapMouseEvent, MapTouchEvent } from 'maplibre-gl'
import { onScopeDispose, ref, watch, type Ref, type ShallowRef } from 'vue'
import { CORNERS, MIDDLES } from './look'
import { inserted, moved, type Handle, type Sketch } from './sketch'

/** Pulls corners of a sketch over the map; a middle that is pulled becomes a corner. Answers the corner that was touched last. */
export function useHandles(gl: Readonly<ShallowRef<MapGl | undefined>>, sketch: Ref<Sketch | null>): Ref<Handle | null> {
  const chosen = ref<Handle | null>(null)
  let pulling: { part: number; at: number } | null = null

  function grab(event: MapMouseEvent | MapTouchEvent): void {
    const map = gl.value
    if (!map || !sketch.value || !map.getLayer(CORNERS)) return
    const { x, y } = event.point
    const hit = map.queryRenderedFeatures([[x - 8, y - 8], [x + 8, y + 8]], { layers: [CORNERS, MIDDLES] })
    const found = hit.find((one) => one.layer.id === CORNERS) ?? hit[0]
    if (!found) return
    event.preventDefault()
    const part = Number(found.properties.part)
    const at = Number(found.properties.at)
    const spot: [number, number] = [event.lngLat.lng, event.lngLat.lat]
    const fresh = found.layer.id === MIDDLES
    if (fresh) sketch.value = inserted(sketch.value, part, at, spot)
    pulling = { part, at: fresh ? at + 1 : at }
    chosen.value = { ...pulling, spot }
    map.dragPan.disable()
  }
  function pull(event: MapMouseEvent | MapTouchEvent): void {
    if (!pulling || !sketch.value) return
    sketch.value = moved(sketch.value, pulling.part, pulling.at, [event.lngLat.lng, event.lngLat.lat])
  }
  function leave(): void {
    if (!pulling) return
    pulling = null
    gl.value?.dragPan.enable()
  }
  function listen(map: MapGl): void {
    map.on('mousedown', grab)
    map.on('touchstart', grab)
    map.on('mousemove', pull)
    map.on('touchmove', pull)
    map.on('mouseup', leave)
    map.on('touchend', leave)
  }
  function unlisten(map: MapGl): void {
    map.off('mousedown', grab)
    map.off('touchstart', grab)
    map.off('mousemove', pull)
    map.off('touchmove', pull)
    map.off('mouseup', leave)
    map.off('touchend', leave)
  }
  const stop = watch(gl, (map, before) => {
    if (before) unlisten(before)
    if (map) listen(map)
  }, { immediate: true })
  onScopeDispose(() => {
    stop()
    if (gl.value) unlisten(gl.value)
  })
  watch(sketch, (now) => {
    if (!now) chosen.value = null
  })
  return chosen
}
