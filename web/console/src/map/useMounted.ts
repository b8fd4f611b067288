import type { Map as MapGl } from 'maplibre-gl'
import { onScopeDispose, watch, type Ref, type ShallowRef } from 'vue'
import type { Mounted, MapLayer } from './layer'

/** Keeps the layers that draw for themselves on the map while they are shown; a new style (theme, language) takes them off, so they are put back. */
export function useMounted(gl: Readonly<ShallowRef<MapGl | undefined>>, layers: readonly MapLayer[], shown: Readonly<Ref<Readonly<Record<string, number>>>>, select: (layer: string, code: string) => void): void {
  const there = new Map<string, Mounted>()

  function settle(): void {
    const map = gl.value
    for (const layer of layers) {
      const share = shown.value[layer.id]
      const mounted = there.get(layer.id)
      if (share === undefined) {
        mounted?.stop()
        there.delete(layer.id)
      } else if (mounted) mounted.fade(share / 100)
      else if (map && layer.mount) there.set(layer.id, layer.mount(map, share / 100, (code) => select(layer.id, code)))
    }
  }
  function clear(): void {
    there.forEach((one) => one.stop())
    there.clear()
  }
  function again(): void {
    clear()
    settle()
  }
  watch(shown, settle)
  watch(gl, (map) => {
    map?.on('style.load', again)
    settle()
  }, { immediate: true })
  onScopeDispose(clear)
}
