import { onScopeDispose, ref, watch, type Ref } from 'vue'
import type { ApiClient } from '@shared/api/client'

/** A class that the words may be about, as `GET /cases/suggest` answers it. */
export interface SuggestedClass {
  class_kind: string
  code: string
  zh: string
  en: string
  confidence: number
  why: string[]
  component: { code: string; name: string; distance_m: number } | null
}

/** A place that the words may name, as `GET /places/locate` answers it. */
export interface LocatedPlace {
  lon: number
  lat: number
  label_zh: string
  label_en: string
  precision_m: number
  confidence: number
  why: string[]
  why_zh: string[]
}

/** What the doors said of the words that stand now. */
export interface IntakeHelp {
  classes: Ref<SuggestedClass[]>
  none: Ref<boolean>
  places: Ref<LocatedPlace[]>
  failed: Ref<boolean>
}

export const PAUSE_MS = 350
const LEAST_SIGNS = 2
const SENT_SIGNS_MAX = 1000
const SHOWN_MAX = 5

type Getter = Pick<ApiClient, 'get'>

/** Asks after a pause in the typing; an answer to words that have changed since is dropped. */
export function useIntakeHelp(client: Getter, text: () => string, point: () => [number, number] | null, centre: () => [number, number] | undefined): IntakeHelp {
  const classes = ref<SuggestedClass[]>([])
  const none = ref(false)
  const places = ref<LocatedPlace[]>([])
  const failed = ref(false)
  let typing: ReturnType<typeof setTimeout> | undefined
  let asking: AbortController | null = null

  async function ask(said: string): Promise<void> {
    asking?.abort()
    asking = new AbortController()
    const { signal } = asking
    const at = point()
    const near = at ?? centre()
    const [suggested, located] = await Promise.allSettled([
      client.get<{ items: SuggestedClass[]; none: boolean }>('/cases/suggest', { text: said, lon: at?.[0], lat: at?.[1] }, signal),
      client.get<{ candidates: LocatedPlace[] }>('/places/locate', { text: said, near_lon: near?.[0], near_lat: near?.[1] }, signal),
    ])
    if (signal.aborted) return
    failed.value = suggested.status === 'rejected'
    classes.value = suggested.status === 'fulfilled' ? suggested.value.items.slice(0, SHOWN_MAX) : []
    none.value = suggested.status === 'fulfilled' && suggested.value.none
    places.value = located.status === 'fulfilled' ? located.value.candidates : []
  }

  function clear(): void {
    asking?.abort()
    classes.value = []
    places.value = []
    none.value = false
    failed.value = false
  }

  watch([text, point], ([said]) => {
    clearTimeout(typing)
    const words = said.trim().slice(0, SENT_SIGNS_MAX)
    if (words.length < LEAST_SIGNS) clear()
    else typing = setTimeout(() => void ask(words), PAUSE_MS)
  }, { immediate: true })
  onScopeDispose(() => {
    clearTimeout(typing)
    asking?.abort()
  })
  return { classes, none, places, failed }
}

/** Which chip Alt and a digit mean: 0 to 4, or -1. */
export function chipOf(event: Pick<KeyboardEvent, 'altKey' | 'ctrlKey' | 'metaKey' | 'code'>): number {
  if (!event.altKey || event.ctrlKey || event.metaKey) return -1
  const digit = /^Digit([1-5])$/.exec(event.code)
  return digit ? Number(digit[1]) - 1 : -1
}
