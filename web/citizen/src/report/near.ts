import { computed, ref, watch, type ComputedRef } from 'vue'
import type { NearReport } from '@shared/report/doors'
import type { CitizenState } from '../state'

/** A report this far away may be the same thing; with the same class a little farther, metres. The server joins up to 300 m. */
const SAME_M = 50
const SAME_CLASS_M = 100
const ASK_AFTER_MS = 400
/** More cards than this would stand between the person and their own report. */
export const CARDS = 3

interface NearUse {
  /** Open cases that may be the same, nearest first; none without a connection: the report goes on without. */
  offered: ComputedRef<NearReport[]>
  dismiss: () => void
}

/** The open ones near enough, nearest first, without those the person has set aside. */
export const maybeSame = (found: readonly NearReport[], classCode: string, notThese: readonly string[]): NearReport[] =>
  found
    .filter((one) => one.closed_at === null && one.distance_m <= (classCode ? SAME_CLASS_M : SAME_M) && !notThese.includes(one.number))
    .sort((a, b) => a.distance_m - b.distance_m)
    .slice(0, CARDS)

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

  const offered = computed(() => (state.draft.hasContent ? maybeSame(found.value, form.classCode, form.notThese) : []))

  return {
    offered,
    dismiss: () => {
      form.notThese.push(...offered.value.map((one) => one.number))
    },
  }
}
