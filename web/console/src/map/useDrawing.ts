import type { GeoJSONSource, Map as MapGl, MapMouseEvent } from 'maplibre-gl'
import { computed, onScopeDispose, ref, watch, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { DRAFT, draftOf } from './drawing'
import type { Spot } from './layer'
import { made, type DrawnShape, type ShapeKind } from './shapes'

/** Drawing on the map with the pointer, or with the keys: the middle of the map is then the pen. */
export interface Drawn {
  tool: Ref<ShapeKind | null>
  points: Ref<Spot[]>
  enough: ComputedRef<boolean>
  begin: (kind: ShapeKind) => void
  put: (spot: Spot) => void
  putMiddle: () => void
  back: () => void
  finish: () => void
  leave: () => void
}

export function useDrawing(gl: Readonly<ShallowRef<MapGl | undefined>>, done: (shape: DrawnShape) => void): Drawn {
  const tool = ref<ShapeKind | null>(null)
  const points = ref<Spot[]>([])
  let hover: Spot | null = null
  const enough = computed(() => tool.value !== null && made(tool.value, points.value) !== null)

  function show(): void {
    gl.value?.getSource<GeoJSONSource>(DRAFT)?.setData(draftOf(tool.value, points.value, hover))
  }
  function leave(): void {
    tool.value = null
    points.value = []
    hover = null
    gl.value?.doubleClickZoom.enable()
    show()
  }
  function finish(): void {
    const shape = tool.value && made(tool.value, points.value)
    leave()
    if (shape) done(shape)
  }
  function put(spot: Spot): void {
    if (!tool.value) return
    points.value = [...points.value, spot]
    show()
    if (tool.value === 'circle' && enough.value) finish()
  }
  function putMiddle(): void {
    const middle = gl.value?.getCenter()
    if (middle) put([middle.lng, middle.lat])
  }
  function back(): void {
    points.value = points.value.slice(0, -1)
    show()
  }
  function begin(kind: ShapeKind): void {
    leave()
    tool.value = kind
    gl.value?.doubleClickZoom.disable()
  }
  const move = (event: MapMouseEvent): void => {
    if (!tool.value) return
    hover = [event.lngLat.lng, event.lngLat.lat]
    show()
  }
  const twice = (event: MapMouseEvent): void => {
    if (!tool.value) return
    event.preventDefault()
    finish()
  }
  const stop = watch(gl, (map, before) => {
    before?.off('mousemove', move)
    before?.off('dblclick', twice)
    map?.on('mousemove', move)
    map?.on('dblclick', twice)
  }, { immediate: true })
  onScopeDispose(stop)
  return { tool, points, enough, begin, put, putMiddle, back, finish, leave }
}
