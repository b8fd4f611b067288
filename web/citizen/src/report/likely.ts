import { ref, watch, type Ref } from 'vue'
import { suggestions } from '@shared/report/suggest'
import type { CitizenState } from '../state'

export interface Likely {
  kind: string
  code: string
  zh: string
  en: string
}

const SHOWN = 3
const ASK_AFTER_MS = 500
const LEAST_CHARS = 2

/** The three likeliest classes of the words: from the city's own cases, or by the phone's word list without a connection. Only offered, never taken. */
export function useLikely(state: CitizenState): Ref<Likely[]> {
  const { form } = state.draft
  const likely: Ref<Likely[]> = ref([])
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(text: string): Promise<void> {
    const answer = await state.reports.suggest(text).catch(() => null)
    if (form.text.trim() !== text) return
    const told = answer && !answer.none ? answer.items.slice(0, SHOWN).map((one) => ({ kind: one.class_kind, code: one.code, zh: one.zh, en: one.en })) : []
    likely.value = told.length ? told : byWordList(text)
  }

  const byWordList = (text: string): Likely[] => suggestions(text, state.classes.value, SHOWN).map(({ kind, code, zh, en }) => ({ kind, code, zh, en }))

  watch(() => form.text.trim(), (text) => {
    clearTimeout(timer)
    likely.value = byWordList(text)
    if (text.length >= LEAST_CHARS) timer = setTimeout(() => void ask(text), ASK_AFTER_MS)
  }, { immediate: true })

  return likely
}
