import { ref, shallowRef, type Ref } from 'vue'
import { sentenceOf } from '@shared/api/problem'
import type { CaseCard, CaseRow } from '@shared/api/types'
import { distanceM, type Fix } from '@shared/geo/position'
import { plain } from '@shared/outbox/outbox'
import type { Shelf } from '@shared/outbox/shelf'
import type { CasePictures } from './pictures'
import { walkOrder } from './today/walk'

interface TaskDoors {
  tasks: () => Promise<CaseRow[]>
  card: (number: string) => Promise<CaseCard>
}

interface KeptTasks {
  rows: CaseRow[]
  at: number
}

const TASKS = 'tasks'
const CARD = 'card:'
/** Cards fetched ahead, so that the day's walk opens without a network. */
const AHEAD = 30
/** A deadline this near goes before anything closer, minutes. */
const SOON_MIN = 30
const MINUTE_MS = 60_000

export type TaskOrder = 'walk' | 'due'

/** Today's tasks: read when there is a network, remembered for when there is none. */
export class TaskBook {
  readonly rows: Ref<CaseRow[]> = shallowRef([])
  readonly readAt: Ref<number> = ref(0)
  readonly reading = ref(false)
  /** Why the last reading failed; empty when it did not. */
  readonly wrong = ref('')

  constructor(private readonly shelf: Shelf, private readonly doors: TaskDoors, private readonly pictures: CasePictures) {}

  async recall(): Promise<void> {
    const kept = await this.shelf.get<KeptTasks>('kept', TASKS)
    if (!kept) return
    this.rows.value = kept.rows
    this.readAt.value = kept.at
  }

  async refresh(): Promise<void> {
    this.reading.value = true
    try {
      const rows = await this.doors.tasks()
      this.rows.value = rows
      this.readAt.value = Date.now()
      this.wrong.value = ''
      await this.keep()
      await this.fetchAhead(rows)
    } catch (error) {
      this.wrong.value = sentenceOf(error)
    } finally {
      this.reading.value = false
    }
  }

  /** The card as the server has it; the remembered one when it cannot be reached. */
  async card(number: string): Promise<{ card: CaseCard | null; fresh: boolean; wrong: string }> {
    try {
      const card = await this.doors.card(number)
      await this.keepCard(card)
      return { card, fresh: true, wrong: '' }
    } catch (error) {
      const kept = await this.recallCard(number)
      return { card: kept ?? null, fresh: false, wrong: sentenceOf(error) }
    }
  }

  recallCard(number: string): Promise<CaseCard | undefined> {
    return this.shelf.get<CaseCard>('kept', CARD + number)
  }

  /** The server confirmed a step: the task is done here. */
  async took(number: string, body: Record<string, unknown>): Promise<void> {
    if (!number) return
    this.rows.value = this.rows.value.filter((row) => row.number !== number || row.version === body.version)
    await this.keep()
    await this.forgetCard(number)
  }

  async forget(): Promise<void> {
    for (const { number } of this.rows.value) await this.forgetCard(number)
    this.rows.value = []
    this.readAt.value = 0
    await this.shelf.change({ room: 'kept', key: TASKS, value: undefined })
  }

  private async forgetCard(number: string): Promise<void> {
    const card = await this.recallCard(number)
    if (card) await this.pictures.forgetOf(card)
    await this.shelf.change({ room: 'kept', key: CARD + number, value: undefined })
  }

  private keep(): Promise<void> {
    return this.shelf.change({ room: 'kept', key: TASKS, value: plain({ rows: this.rows.value, at: this.readAt.value }) })
  }

  private keepCard(card: CaseCard): Promise<void> {
    return this.shelf.change({ room: 'kept', key: CARD + card.number, value: plain(card) })
  }

  private async fetchAhead(rows: readonly CaseRow[]): Promise<void> {
    for (const row of rows.slice(0, AHEAD)) {
      const kept = await this.recallCard(row.number)
      const card = kept?.version === row.version ? kept : await this.doors.card(row.number).catch(() => null)
      if (!card) return
      if (card !== kept) await this.keepCard(card)
      await this.pictures.keepOf(card)
    }
  }
}

/** Metres from the phone to a task; null without a position. */
export const metresTo = (row: Pick<CaseRow, 'lon' | 'lat'>, fix: Fix | null): number | null =>
  fix ? distanceM(fix.lon, fix.lat, row.lon, row.lat) : null

/** Anything on the walk: a case with its deadline, or a place to look through without one. */
type Stop = Pick<CaseRow, 'lon' | 'lat'> & Partial<Pick<CaseRow, 'stage_due_at' | 'due_at'>>

const dueOf = (row: Stop): number => Date.parse(row.stage_due_at ?? row.due_at ?? '9999-12-31T00:00:00Z')

/** Tasks in the order to go: what is nearly late first, then a short walk through the rest (or all by time). */
export function inOrder<T extends Stop>(rows: readonly T[], fix: Fix | null, order: TaskOrder, now: number): T[] {
  const byDue = (a: T, b: T): number => dueOf(a) - dueOf(b)
  if (order === 'due' || !fix) return [...rows].sort(byDue)
  const pressing = (row: T): boolean => dueOf(row) - now < SOON_MIN * MINUTE_MS
  const first = rows.filter(pressing).sort(byDue)
  return [...first, ...walkOrder(first.at(-1) ?? fix, rows.filter((row) => !pressing(row)))]
}
