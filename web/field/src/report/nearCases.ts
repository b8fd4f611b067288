import { computed, ref, watch, type ComputedRef } from 'vue'
import type { NearReport } from '@shared/report/doors'
import { ReportDoors } from '@shared/report/doors'
import type { FieldState } from '../state'

/** Beyond this a collector stands before another thing, metres. */
const SAME_M = 30
const ASK_AFTER_MS = 500

/** Open cases where the collector stands, so that the same thing is not reported twice. */
export function useNearCases(state: FieldState): { nearest: ComputedRef<NearReport | undefined>; count: ComputedRef<number> } {
  const doors = new ReportDoors(state.app.doors.client)
  const { form } = state.draft
  const found = ref<NearReport[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined

  watch(() => [form.lon, form.lat, form.classCode] as const, ([lon, lat]) => {
    clearTimeout(timer)
    if (lon === null || lat === null) return
    timer = setTimeout(() => {
      doors.near(lon, lat, form.classKind, form.classCode).then(
        (answer) => {
          found.value = answer.items.filter((one) => one.closed_at === null && one.distance_m <= SAME_M)
        },
        () => {
          found.value = []
        },
      )
    }, ASK_AFTER_MS)
  }, { immediate: true })

  return { nearest: computed(() => found.value[0]), count: computed(() => found.value.length) }
}
