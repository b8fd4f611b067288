import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { sentenceOf } from '@shared/api/problem'
import type { CasePage, CaseQuery, CaseRow, DeskCounts, QueueView } from '@shared/api/types'
import { SOON_MIN } from '@shared/time/time'

export type GroupName = 'late' | 'due' | 'others' | 'paused' | 'ended'

export interface Cap {
  kind: 'cap'
  name: GroupName
  count: number
}

export interface Entry {
  kind: 'case'
  row: CaseRow
}

export type Line = Cap | Entry

export interface QueueFilter {
  view: QueueView
  state: string
  class: string
  unit: string
  q: string
}

const PAGE = 60
/** A refresh after a change reads again what is loaded, up to this many rows (the door's limit). */
const REFRESH_MOST = 200
const GATHER_MS = 400

/** The deadline a row is judged by: that of the stage or of the whole case, whichever comes first. */
export function dueOf(row: Pick<CaseRow, 'due_at' | 'stage_due_at'>): string | null {
  if (row.due_at === null || row.stage_due_at === null) return row.stage_due_at ?? row.due_at
  return Date.parse(row.stage_due_at) < Date.parse(row.due_at) ? row.stage_due_at : row.due_at
}

const dueMs = (row: CaseRow): number => Date.parse(dueOf(row) ?? '9999-12-31T00:00:00Z')

export function groupOf(row: CaseRow, now: number): GroupName {
  if (row.closed_at !== null) return 'ended'
  if (row.paused) return 'paused'
  const due = dueOf(row)
  if (due === null) return 'others'
  const minutes = (Date.parse(due) - now) / 60_000
  if (minutes < 0) return 'late'
  return minutes < SOON_MIN ? 'due' : 'others'
}

const ORDER: readonly GroupName[] = ['late', 'due', 'others', 'paused', 'ended']

/** Rows under captions, most pressing group first, within a group by what is left. */
export function linesOf(rows: readonly CaseRow[], now: number): Line[] {
  const groups = new Map<GroupName, CaseRow[]>()
  for (const row of rows) {
    const name = groupOf(row, now)
    const list = groups.get(name)
    if (list) list.push(row)
    else groups.set(name, [row])
  }
  return ORDER.flatMap((name) => {
    const list = groups.get(name)?.sort((a, b) => dueMs(a) - dueMs(b))
    if (!list) return []
    return [{ kind: 'cap', name, count: list.length } as Line, ...list.map((row): Line => ({ kind: 'case', row }))]
  })
}

type Reader = (query: CaseQuery, signal?: AbortSignal) => Promise<CasePage>

/** The work in front of the desk: pages by cursor, read again when something in it changed. */
export class Queue {
  readonly rows: Ref<CaseRow[]> = ref([])
  readonly filter: Ref<QueueFilter> = ref({ view: 'all', state: '', class: '', unit: '', q: '' })
  readonly counts: Ref<Partial<Record<QueueView, number>>> = ref({})
  readonly next: Ref<string | null> = ref(null)
  readonly reading: Ref<boolean> = ref(false)
  readonly wrong: Ref<string> = ref('')
  /** Epoch ms of the last answer; 0 before the first. */
  readonly readAt: Ref<number> = ref(0)
  /** Number of the row the keyboard stands on. */
  readonly at: Ref<string> = ref('')
  readonly row: ComputedRef<CaseRow | undefined> = computed(() => this.rows.value.find((row) => row.number === this.at.value))

  private abort: AbortController | null = null
  private gathering: ReturnType<typeof setTimeout> | undefined

  constructor(private readonly read: Reader, private readonly count: () => Promise<DeskCounts>) {}

  private query(): CaseQuery {
    const { view, state, unit, q } = this.filter.value
    return { view, state: state || undefined, class: this.filter.value.class || undefined, unit: unit ? Number(unit) : undefined, q: q || undefined, sort: 'due' }
  }

  async load(limit = PAGE): Promise<void> {
    this.abort?.abort()
    const abort = new AbortController()
    this.abort = abort
    this.reading.value = true
    void this.readCounts()
    try {
      const page = await this.read({ ...this.query(), limit }, abort.signal)
      if (abort.signal.aborted) return
      this.rows.value = page.items
      this.next.value = page.next
      this.readAt.value = Date.now()
      this.wrong.value = ''
    } catch (error) {
      if (!abort.signal.aborted) this.wrong.value = sentenceOf(error)
    } finally {
      if (this.abort === abort) this.reading.value = false
    }
  }

  /** The figures on the tabs; without them the tabs stand without figures. */
  private async readCounts(): Promise<void> {
    try {
      const { open, mine, unacknowledged, due, late } = await this.count()
      this.counts.value = { all: open, mine, unacknowledged, due, late }
    } catch {
      this.counts.value = {}
    }
  }

  /** Reads the next page to the end of the list; nothing when there is none or one is on its way. */
  async more(): Promise<void> {
    const cursor = this.next.value
    if (!cursor || this.reading.value) return
    this.reading.value = true
    try {
      const page = await this.read({ ...this.query(), limit: PAGE, cursor })
      if (this.next.value !== cursor) return
      const known = new Set(this.rows.value.map((row) => row.number))
      this.rows.value = [...this.rows.value, ...page.items.filter((row) => !known.has(row.number))]
      this.next.value = page.next
    } catch (error) {
      this.wrong.value = sentenceOf(error)
    } finally {
      this.reading.value = false
    }
  }

  /** Reads on until a case that was opened by its address is among the rows, as far as a refresh would read. */
  async reach(number: string): Promise<void> {
    if (this.readAt.value === 0 || this.rows.value.length >= REFRESH_MOST || this.rows.value.some((row) => row.number === number)) return
    await this.more()
  }

  /** Something happened to a case: gathers a moment, then reads the loaded part again; a city that never rests does not put it off. */
  changed(_number: string): void {
    if (this.readAt.value === 0) return
    this.gathering ??= setTimeout(() => {
      this.gathering = undefined
      void this.load(Math.min(REFRESH_MOST, Math.max(PAGE, this.rows.value.length)))
    }, GATHER_MS)
  }

  /** Shows a changed row at once, before the list is read again. */
  put(row: CaseRow): void {
    this.rows.value = this.rows.value.map((one) => (one.number === row.number ? { ...one, ...pickRow(row) } : one))
  }

  set(change: Partial<QueueFilter>): void {
    this.filter.value = { ...this.filter.value, ...change }
    this.next.value = null
    void this.load()
  }

  /** The number `step` rows further in the order shown; the first row when standing nowhere. */
  move(step: number, now: number, rows: readonly CaseRow[] = this.rows.value): string {
    const numbers = linesOf(rows, now).flatMap((line) => (line.kind === 'case' ? [line.row.number] : []))
    const from = numbers.indexOf(this.at.value)
    const to = from < 0 ? 0 : Math.min(numbers.length - 1, Math.max(0, from + step))
    this.at.value = numbers[to] ?? ''
    return this.at.value
  }
}

/** Only what a row shows: a card carries much more. */
function pickRow(row: CaseRow): Partial<CaseRow> {
  const { version, state, state_zh, state_en, urgency, title, unit_id, unit_zh, unit_en, due_at, stage_due_at, closed_at, paused, late, acknowledged, photo } = row
  return { version, state, state_zh, state_en, urgency, title, unit_id, unit_zh, unit_en, due_at, stage_due_at, closed_at, paused, late, acknowledged, photo }
}
