import { ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'
import { sentenceOf } from '@shared/api/problem'
import type { Filter, Page } from './doors'

export interface List<T> {
  items: ShallowRef<T[]>
  next: Ref<string | null>
  counts: Ref<Record<string, number>>
  reading: Ref<boolean>
  wrong: Ref<string>
  load: (more?: boolean) => Promise<void>
}

const TYPING_MS = 200

/** A list that is read page by page and anew a moment after its filter changed; an answer that comes too late is left alone. */
export function useList<T>(ask: (filter: Filter) => Promise<Page<T>>, filter: () => Filter): List<T> {
  const items = shallowRef<T[]>([])
  const next = ref<string | null>(null)
  const counts = ref<Record<string, number>>({})
  const reading = ref(true)
  const wrong = ref('')
  let turn = 0
  let typing: ReturnType<typeof setTimeout> | undefined

  async function load(more = false): Promise<void> {
    const mine = (turn += 1)
    reading.value = true
    try {
      const page = await ask(more ? { ...filter(), cursor: next.value ?? undefined } : filter())
      if (mine !== turn) return
      items.value = more ? [...items.value, ...page.items] : page.items
      next.value = page.next
      counts.value = page.counts ?? counts.value
      wrong.value = ''
    } catch (error) {
      if (mine === turn) wrong.value = sentenceOf(error)
    } finally {
      if (mine === turn) reading.value = false
    }
  }
  watch(filter, () => {
    clearTimeout(typing)
    typing = setTimeout(() => void load(), TYPING_MS)
  }, { deep: true })
  return { items, next, counts, reading, wrong, load }
}
