import { computed, ref, type ComputedRef, type Ref } from 'vue'
import type { ApiClient } from '@shared/api/client'
import { sentenceOf } from '@shared/api/problem'

import type { Words } from '../address'

/** Parameters of the list of cases, as text. */
export type { Words } from '../address'

export interface SavedView {
  id: number
  name: string
  query: Words
  own: boolean
  owner: string
  unit_id: number | null
  unit_zh: string
  unit_en: string
}

export interface OwnUnit {
  id: number
  zh: string
  en: string
}

export interface ViewChange {
  name?: string
  query?: Words
  /** 0 shares with nobody any more. */
  unit_id?: number
}

/** The doors of saved views. */
export interface ViewDoors {
  list: () => Promise<{ items: SavedView[]; units: OwnUnit[] }>
  save: (name: string, query: Words) => Promise<SavedView>
  change: (id: number, change: ViewChange) => Promise<SavedView>
  remove: (id: number) => Promise<void>
}

export function viewDoors(client: ApiClient): ViewDoors {
  return {
    list: () => client.get('/views'),
    save: (name, query) => client.post('/views', { name, query }),
    change: (id, change) => client.patch(`/views/${id}`, change),
    remove: (id) => client.delete(`/views/${id}`),
  }
}

/** What is asked for, as a view keeps it: text by parameter, nothing empty, no page. */
export function wordsOf(query: object): Words {
  const kept = Object.entries(query).filter(([name, value]) => !['limit', 'cursor'].includes(name) && value !== undefined && value !== null && value !== '')
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]))
}

/** Whether two lists ask for the same. */
export function sameWords(one: Words, other: Words): boolean {
  const names = new Set([...Object.keys(one), ...Object.keys(other)])
  return [...names].every((name) => one[name] === other[name])
}

/** The form of the list: what it can show of a view, and the rest, which is kept beside it. */
export interface ListForm {
  q: string
  state: string
  class: string
  unit: string
  since: string
  until: string
  sort: '-id' | 'due'
}

/** What the list is about where nothing else is said. */
export const USUAL: Words = { view: 'all', state: 'any', sort: '-id' }

const DAY = /^(\d{4}-\d{2}-\d{2})T/
const SHOWN = ['q', 'state', 'class', 'unit', 'since', 'until', 'sort']

export function formOf(words: Words): { form: ListForm; beside: Words } {
  const day = (name: string): string => DAY.exec(words[name] ?? '')?.[1] ?? ''
  const state = words['state'] === 'any' ? '' : (words['state'] ?? '')
  return {
    form: {
      q: words['q'] ?? '', state, class: words['class'] ?? '', unit: words['unit'] ?? '', since: day('since'), until: day('until'), sort: words['sort'] === 'due' ? 'due' : '-id',
    },
    beside: Object.fromEntries(Object.entries(words).filter(([name, value]) => !SHOWN.includes(name) && !(name === 'view' && value === 'all'))),
  }
}

/** The views that a person sees: own ones and those of the unit. */
export class SavedViews {
  readonly items: Ref<SavedView[]> = ref([])
  /** Units that one belongs to, and so can share with. */
  readonly units: Ref<OwnUnit[]> = ref([])
  readonly wrong: Ref<string> = ref('')
  readonly own: ComputedRef<SavedView[]> = computed(() => this.items.value.filter((one) => one.own))
  readonly shared: ComputedRef<SavedView[]> = computed(() => this.items.value.filter((one) => !one.own))

  constructor(private readonly doors: ViewDoors) {}

  load(): Promise<boolean> {
    return this.told(async () => {
      const { items, units } = await this.doors.list()
      this.items.value = items
      this.units.value = units
    })
  }

  save(name: string, query: Words): Promise<boolean> {
    return this.told(async () => {
      this.put(await this.doors.save(name, query))
    })
  }

  change(id: number, change: ViewChange): Promise<boolean> {
    return this.told(async () => {
      this.put(await this.doors.change(id, change))
    })
  }

  remove(id: number): Promise<boolean> {
    return this.told(async () => {
      await this.doors.remove(id)
      this.items.value = this.items.value.filter((one) => one.id !== id)
    })
  }

  /** Own ones by name before the unit's, as the server lists them. */
  private put(view: SavedView): void {
    const others = this.items.value.filter((one) => one.id !== view.id)
    this.items.value = [...others, view].sort((a, b) => Number(b.own) - Number(a.own) || a.name.localeCompare(b.name))
  }

  private async told(act: () => Promise<void>): Promise<boolean> {
    try {
      await act()
      this.wrong.value = ''
      return true
    } catch (error) {
      this.wrong.value = sentenceOf(error)
      return false
    }
  }
}
