import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import { sentenceOf } from '@shared/api/problem'
import type { CaseCard, CaseRow, LiveEvent, Urgency } from '@shared/api/types'

/** A case that was open then; its class as `kind:code`, empty without one. */
export type PointThen = [number: string, lon: number, lat: number, state: string, urgency: Urgency, late: boolean, classKey: string]

export interface DeskThen {
  moment: string
  counts: { open: number; late: number; due: number; paused: number; states: Record<string, number> }
  items: CaseRow[]
  points: PointThen[]
  more: boolean
}

export interface ReplayOptions {
  read: (moment: string, signal: AbortSignal) => Promise<DeskThen>
  /** Tells the screen what happened meanwhile, in order, after it has come back to the present. */
  release: (events: LiveEvent[]) => void
  /** So much happened meanwhile that the screen has to be read anew. */
  reset: () => void
  now?: () => number
}

/** Faster than the clock on the wall: seconds of the past for each second of the present. */
export const SPEEDS = [60, 300, 1800] as const
/** Further back the server does not look (31 days, less a moment for the way there). */
const REACH_MS = 31 * 86_400_000 - 60_000
const SETTLE_MS = 120
const TICK_MS = 1000
/** More than this many changes are not kept one by one: the lists are read anew instead. */
const HELD_MAX = 2000

/** A past moment that the whole screen shows; nothing can be changed while it does, and what happens meanwhile waits. */
export class Replay {
  /** Epoch ms of the moment that is shown; null in the present. */
  readonly moment: Ref<number | null> = ref(null)
  readonly then: ShallowRef<DeskThen | null> = shallowRef(null)
  readonly reading: Ref<boolean> = ref(false)
  readonly wrong: Ref<string> = ref('')
  /** How many changes wait for the return to the present. */
  readonly waiting: Ref<number> = ref(0)
  /** Seconds of the past for each second; 0 stands still. */
  readonly speed: Ref<number> = ref(0)
  readonly active: ComputedRef<boolean> = computed(() => this.moment.value !== null)

  private held: LiveEvent[] = []
  private abort: AbortController | null = null
  private settling: ReturnType<typeof setTimeout> | undefined
  private ticking: ReturnType<typeof setInterval> | undefined

  constructor(private readonly options: ReplayOptions) {}

  private now(): number {
    return (this.options.now ?? Date.now)()
  }

  /** Whether the server looks as far back as this. */
  reaches(at: number): boolean {
    return at >= this.now() - REACH_MS
  }

  /** Shows a moment; a handle that is still being dragged is read when it rests. A moment that is not over is the present. */
  show(at: number): void {
    if (at >= this.now()) {
      this.live()
      return
    }
    this.moment.value = Math.max(at, this.now() - REACH_MS)
    clearTimeout(this.settling)
    this.settling = setTimeout(() => void this.read(), SETTLE_MS)
  }

  async read(): Promise<void> {
    const moment = this.moment.value
    if (moment === null) return
    this.abort?.abort()
    const abort = new AbortController()
    this.abort = abort
    this.reading.value = true
    try {
      const then = await this.options.read(new Date(moment).toISOString(), abort.signal)
      if (abort.signal.aborted) return
      this.then.value = then
      this.wrong.value = ''
    } catch (error) {
      if (!abort.signal.aborted) this.wrong.value = sentenceOf(error)
    } finally {
      if (this.abort === abort) this.reading.value = false
    }
  }

  /** Lets the past run; the same speed again stands still. */
  play(speed: number): void {
    clearInterval(this.ticking)
    this.speed.value = this.speed.value === speed ? 0 : speed
    if (!this.speed.value) return
    this.ticking = setInterval(() => {
      // A picture that is still on its way is waited for, so that none is skipped unseen.
      if (this.moment.value !== null && !this.reading.value) this.show(this.moment.value + this.speed.value * TICK_MS)
    }, TICK_MS)
  }

  /** Back to the present: what waited is told in order. */
  live(): void {
    clearTimeout(this.settling)
    clearInterval(this.ticking)
    this.abort?.abort()
    this.moment.value = null
    this.then.value = null
    this.wrong.value = ''
    this.speed.value = 0
    const held = this.held
    const lost = this.waiting.value > held.length
    this.held = []
    this.waiting.value = 0
    if (lost) this.options.reset()
    else if (held.length) this.options.release(held)
  }

  /** Keeps a change for later; false in the present, where it is told at once. */
  hold(event: LiveEvent): boolean {
    if (this.moment.value === null) return false
    this.waiting.value += 1
    if (this.held.length < HELD_MAX) this.held.push(event)
    return true
  }
}

/** The card as far as it had come by then: later steps are left out, and what the row of that moment says goes before what it says today. */
export function cardThen(card: CaseCard, row: CaseRow | undefined, moment: number): CaseCard {
  const history = card.history.filter((entry) => Date.parse(entry.at) <= moment)
  const photos = card.photos.filter((photo) => !photo.taken_at || Date.parse(photo.taken_at) <= moment)
  const before = row
    ? { state: row.state, state_zh: row.state_zh, state_en: row.state_en, unit_id: row.unit_id, unit_zh: row.unit_zh, unit_en: row.unit_en, due_at: row.due_at, stage_due_at: row.stage_due_at, paused: row.paused, late: row.late, class_zh: row.class_zh, class_en: row.class_en, closed_at: null }
    : {}
  return { ...card, ...before, history, photos, loop: [], actions: [] }
}
