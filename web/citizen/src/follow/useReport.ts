import { computed, onBeforeUnmount, onMounted, ref, type ComputedRef, type Ref } from 'vue'
import { Problem, sentenceOf } from '@shared/api/problem'
import type { ReportCard } from '@shared/report/doors'
import type { CitizenState } from '../state'

/** Often enough to feel live; a page left open asks less, since many phones share one address at the door. */
const ASK_EVERY_MS = 10_000
const LATER_EVERY_MS = 30_000
const FRESH_FOR_MS = 300_000

export interface ReportUse {
  card: Ref<ReportCard | null>
  missing: Ref<boolean>
  wrong: Ref<string>
  /** When the card was last read, epoch milliseconds. */
  readAt: Ref<number>
  reachable: Ref<boolean>
  refresh: () => Promise<void>
  may: (verb: string) => boolean
  waiting: ComputedRef<boolean>
}

/** Asks again and again while the page is looked at, and at once when somebody comes back to it. */
function askWhileSeen(ask: () => void): { start: () => void; stop: () => void } {
  const openedAt = Date.now()
  let timer: ReturnType<typeof setTimeout> | undefined

  const seen = (): void => {
    if (document.visibilityState === 'visible') ask()
  }

  function again(): void {
    const pause = Date.now() - openedAt < FRESH_FOR_MS ? ASK_EVERY_MS : LATER_EVERY_MS
    timer = setTimeout(() => {
      seen()
      again()
    }, pause)
  }

  return {
    start: () => {
      again()
      document.addEventListener('visibilitychange', seen)
    },
    stop: () => {
      clearTimeout(timer)
      document.removeEventListener('visibilitychange', seen)
    },
  }
}

/** One report, asked again every ten seconds while somebody looks at it, later every thirty. */
export function useReport(state: CitizenState, number: string, secret: string): ReportUse {
  const card: Ref<ReportCard | null> = ref(null)
  const missing = ref(false)
  const wrong = ref('')
  const readAt = ref(0)
  const reachable = ref(true)

  async function refresh(): Promise<void> {
    try {
      card.value = await state.reports.card(number, secret)
      missing.value = false
      wrong.value = ''
      reachable.value = true
      readAt.value = Date.now()
      await state.follow({ number, secret, title: card.value.title, at: Date.parse(card.value.opened_at), row: card.value })
    } catch (error) {
      failed(error)
    }
  }

  function failed(error: unknown): void {
    if (error instanceof Problem) {
      missing.value = error.status === 404 || error.status === 403 || error.status === 401
      wrong.value = sentenceOf(error)
    } else {
      reachable.value = false
    }
  }

  const asking = askWhileSeen(() => void refresh())
  onMounted(async () => {
    const known = state.followed.value.find((one) => one.number === number)?.row
    if (known && 'history' in known) card.value = known as ReportCard
    await refresh()
    asking.start()
  })
  onBeforeUnmount(asking.stop)

  return {
    card, missing, wrong, readAt, reachable, refresh,
    may: (verb) => card.value?.actions.some((action) => action.verb === verb) ?? false,
    waiting: computed(() => state.outbox.entries.value.some((entry) => entry.about === number)),
  }
}
