import { computed, ref, watch, type ComputedRef } from 'vue'
import type { NearReport } from '@shared/report/doors'
import type { CitizenState } from '../state'

/** A report this far away may be the same thing; beyond, it is another one, metres. */
const SAME_M = 50
const ASK_AFTER_MS = 400

interface NearUse {
  first: ComputedRef<NearReport | undefined>
  more: ComputedRef<number>
  dismiss: (one: NearReport) => void
}

/** What others have reported at the place of the draft, asked anew when place or class change. */
export function useNear(state: CitizenState): NearUse {
  const { form } = state.draft
  const found = ref<NearReport[]>([])
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(lon: number, lat: number): Promise<void> {
    const { classKind, classCode } = form
    const answer = await state.reports.near(lon, lat, classKind, classCode).catch(() => null)
    if (answer && form.lon === lon && form.lat === lat && form.classCode === classCode) found.value = answer.items
  }

  watch(() => [form.lon, form.lat, form.classCode] as const, ([lon, lat]) => {
    clearTimeout(timer)
    found.value = []
    if (lon !== null && lat !== null) timer = setTimeout(() => void ask(lon, lat), ASK_AFTER_MS)
  }, { immediate: true })

  const offered = computed(() =>
    found.value
      .filter((one) => one.closed_at === null && one.distance_m <= SAME_M && !form.notThese.includes(one.number))
      .sort((a, b) => a.distance_m - b.distance_m),
  )

  return {
    first: computed(() => offered.value[0]),
    more: computed(() => Math.max(0, offered.value.length - 1)),
    dismiss: (one) => {
      form.notThese.push(one.number)
    },
  }
}
