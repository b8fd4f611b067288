import type { Map as MapGl } from 'maplibre-gl'
import { nextTick, ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { theme, themeChoice } from '@shared/theme/theme'

export interface Picture {
  image: string
  aspect: number
  /** Of the map, CSS pixels: what the scale is measured against. */
  width: number
  lat: number
  zoom: number
  at: Date
  address: string
}

/** A map that never comes to rest is taken as it is after this. */
const REST_MS = 6000

const rested = (map: MapGl): Promise<void> => new Promise((resolve) => {
  const late = setTimeout(resolve, REST_MS)
  void map.once('idle').then(() => {
    clearTimeout(late)
    resolve()
  })
})

/** The map as a picture for paper: in the light theme, whatever the screen has. */
export function usePaper(gl: Readonly<ShallowRef<MapGl | undefined>>): { picture: ShallowRef<Picture | null>; taking: Ref<boolean>; take: () => Promise<void> } {
  const picture = shallowRef<Picture | null>(null)
  const taking = ref(false)

  async function take(): Promise<void> {
    const map = gl.value
    if (!map || taking.value) return
    taking.value = true
    const before = themeChoice.value
    try {
      if (theme.value !== 'light') {
        themeChoice.value = 'light'
        await nextTick()
        await rested(map)
      }
      const canvas = map.getCanvas()
      // The drawing buffer can only be read in the frame that drew it.
      const drawn = map.once('render')
      map.triggerRepaint()
      await drawn
      const image = canvas.toDataURL('image/png')
      picture.value = { image, aspect: canvas.width / canvas.height, width: canvas.clientWidth, lat: map.getCenter().lat, zoom: map.getZoom(), at: new Date(), address: location.href }
    } finally {
      themeChoice.value = before
      taking.value = false
    }
  }
  return { picture, taking, take }
}
