import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { Problem } from '@shared/api/problem'
import type { CaseRow } from '@shared/api/types'
import type { CitizenState, Followed } from '../state'

/** Reports asked for one by one at most; the rest waits until it is opened. */
const ASKED_AT_ONCE = 10

export interface MyReports {
  list: ComputedRef<Followed[]>
  refresh: () => Promise<void>
}

/** One's own reports: those of the account, if signed in, together with those followed from this phone. */
export function useMyReports(state: CitizenState): MyReports {
  const ofAccount: Ref<CaseRow[]> = ref([])
  const list = computed(() => joined(state.followed.value, ofAccount.value))

  async function refresh(): Promise<void> {
    if (state.app.person.value) {
      ofAccount.value = (await state.reports.mine().catch(() => ({ items: ofAccount.value }))).items
    }
    const known = new Set(ofAccount.value.map((row) => row.number))
    const asked = state.followed.value.filter((one) => one.secret && !known.has(one.number)).slice(0, ASKED_AT_ONCE)
    await Promise.all(asked.map((one) => refreshOne(state, one)))
  }

  return { list, refresh }
}

async function refreshOne(state: CitizenState, one: Followed): Promise<void> {
  try {
    await state.follow({ ...one, row: await state.reports.card(one.number, one.secret) })
  } catch (error) {
    // Out of reach: the last known state stays on the screen.
    if (!(error instanceof Problem) && !(error instanceof Error && error.name === 'Unreachable')) throw error
  }
}

function joined(followed: readonly Followed[], rows: readonly CaseRow[]): Followed[] {
  const byNumber = new Map(followed.map((one) => [one.number, one]))
  for (const row of rows) {
    const known = byNumber.get(row.number)
    byNumber.set(row.number, { number: row.number, secret: known?.secret ?? '', title: row.title, at: Date.parse(row.opened_at), row })
  }
  return [...byNumber.values()].sort((a, b) => b.at - a.at)
}
