import { ref, watch, type Ref } from 'vue'
import type { Expectation } from '@shared/report/doors'
import type { CitizenState } from '../state'

/** A place and a class; null while one of them is not known. */
export interface About {
  lon: number
  lat: number
  kind: string
  code: string
}

/** What the city's own cases say of this class here; null while nothing is known or nobody can be asked. */
export function useExpectation(state: CitizenState, about: () => About | null): Ref<Expectation | null> {
  const told: Ref<Expectation | null> = ref(null)
  const key = (one: About | null): string => (one ? [one.lon, one.lat, one.kind, one.code].join(' ') : '')

  watch(() => key(about()), async (asked) => {
    told.value = null
    const one = about()
    if (!one) return
    const answer = await state.reports.expectation(one.lon, one.lat, one.kind, one.code).catch(() => null)
    if (key(about()) === asked) told.value = answer?.expectation ?? null
  }, { immediate: true })

  return told
}
