import { computed, ref, shallowRef, type ComputedRef, type Ref } from 'vue'
import { newKey } from '@shared/api/client'
import { Problem, Unreachable } from '@shared/api/problem'
import { distanceM, type Fix, type NoFix } from '@shared/geo/position'
import { plain } from '@shared/outbox/outbox'
import type { Shelf } from '@shared/outbox/shelf'

/** A shift as the platform knows it. */
export interface WalkTold {
  key: string
  begun_at: string
  ended_at: string | null
  dropped: number
  runs_out_at: string
}

/** A shift as the phone keeps it, sealed like everything else, until the platform has all of it. */
export interface KeptShift {
  key: string
  begunAt: number
  endedAt: number | null
  runsOutAt: number
  /** The platform knows the beginning; it knows the end. */
  begunSent: boolean
  endSent: boolean
  fixes: Fix[]
}

export interface ShiftDoors {
  begin: (key: string, at: string) => Promise<WalkTold>
  push: (key: string, fixes: Fix[]) => Promise<{ kept: number; dropped: number }>
  end: (key: string, at: string) => Promise<WalkTold>
}

export interface ShiftOptions {
  shelf: Shelf
  doors: ShiftDoors
  /** Follows the phone; returns how to stop. Called only when a shift begins. */
  watch: (told: (fix: Fix) => void, failed: (why: NoFix) => void) => () => void
  told: (fix: Fix) => void
  failed: (why: NoFix) => void
  now?: () => number
}

const KEPT = 'shift'
/** A position is noted after so long, or sooner after so many metres. */
const EVERY_MS = 15_000
const SOONEST_MS = 5_000
const FAR_M = 15
/** The platform takes so many in one batch. */
const BATCH = 500
/** Sent after so many, or with the next beat. */
const ENOUGH = 4
const BEAT_MS = 60_000
/** Until the platform has said how long a shift lasts. */
const AT_MOST_MS = 12 * 3_600_000

const iso = (at: number): string => new Date(at).toISOString()

/** The worker's shift: positions are noted between its beginning and its end and at no other time. */
export class Shift {
  /** The newest last; those before it are there only until the platform has all of them. */
  readonly all: Ref<KeptShift[]> = shallowRef([])
  readonly kept: ComputedRef<KeptShift | null> = computed(() => this.all.value.at(-1) ?? null)
  readonly on: ComputedRef<boolean> = computed(() => this.kept.value !== null && this.kept.value.endedAt === null)
  /** The phone ended it, and the platform has not heard so yet. */
  readonly ending: ComputedRef<boolean> = computed(() => this.all.value.some((shift) => shift.endedAt !== null && !shift.endSent))
  readonly waiting: ComputedRef<number> = computed(() => this.all.value.reduce((sum, shift) => sum + shift.fixes.length, 0))
  /** Why the platform did not take what was sent; empty when it did. */
  readonly wrong = ref('')
  readonly dropped = ref(0)
  private stopWatching: (() => void) | null = null
  private beat: ReturnType<typeof setInterval> | undefined
  private running: Promise<void> | null = null
  private again = false
  private saving: Promise<void> = Promise.resolve()
  /** The desk has a first position of this shift; from then on they go in batches. */
  private pushed = false

  constructor(private readonly options: ShiftOptions) {}

  /** Goes on with a shift that was open when the app was closed. */
  async load(): Promise<void> {
    this.all.value = (await this.options.shelf.get<KeptShift[]>('kept', KEPT)) ?? []
    await this.endIfOver()
    if (this.on.value) this.watchNow()
    else if (this.ending.value) this.beatNow()
    void this.flush()
  }

  async begin(): Promise<void> {
    if (this.on.value) return
    const begunAt = this.now()
    const fresh: KeptShift = { key: newKey(), begunAt, endedAt: null, runsOutAt: begunAt + AT_MOST_MS, begunSent: false, endSent: false, fixes: [] }
    this.wrong.value = ''
    this.dropped.value = 0
    this.pushed = false
    await this.keep([...this.all.value.filter((shift) => !shift.endSent), fresh])
    this.watchNow()
    await this.flush()
  }

  async end(at: number = this.now()): Promise<void> {
    this.unwatch()
    const shift = this.kept.value
    if (!shift || shift.endedAt !== null) return
    await this.change(shift.key, { endedAt: at })
    await this.flush()
  }

  /** Stops following the phone and sending; the shift itself stays as it is. */
  stop(): void {
    this.unwatch()
    clearInterval(this.beat)
  }

  /** Sends what is not there yet, in order: the beginning, positions, the end. */
  flush(): Promise<void> {
    this.again = true
    this.running ??= this.rounds()
    return this.running
  }

  async note(fix: Fix): Promise<void> {
    await this.endIfOver()
    const shift = this.kept.value
    if (!shift || shift.endedAt !== null) return
    const last = shift.fixes.at(-1)
    const since = last ? fix.at - last.at : Infinity
    if (fix.at < shift.begunAt || since < SOONEST_MS || (since < EVERY_MS && last && distanceM(last.lon, last.lat, fix.lon, fix.lat) < FAR_M)) return
    await this.change(shift.key, { fixes: [...shift.fixes, plain(fix)] })
    if (shift.fixes.length + 1 >= ENOUGH || !this.pushed) void this.flush()
  }

  private watchNow(): void {
    this.stopWatching ??= this.options.watch((fix) => {
      this.options.told(fix)
      void this.note(fix)
    }, this.options.failed)
    this.beatNow()
  }

  private unwatch(): void {
    this.stopWatching?.()
    this.stopWatching = null
  }

  /** Beats as long as the platform has not all of it: an end that was said without a network is said again. */
  private beatNow(): void {
    clearInterval(this.beat)
    this.beat = setInterval(() => void this.endIfOver().then(() => this.flush()), BEAT_MS)
  }

  private async endIfOver(): Promise<void> {
    const shift = this.kept.value
    if (shift && shift.endedAt === null && this.now() >= shift.runsOutAt) await this.end(shift.runsOutAt)
  }

  /** What came up during a round is sent in another. */
  private async rounds(): Promise<void> {
    try {
      while (this.again) {
        this.again = false
        await this.send()
      }
    } finally {
      // At once, not in a promise's later step: what is asked for in between would wait for a round that is over.
      this.running = null
    }
    if (!this.on.value && !this.ending.value) clearInterval(this.beat)
  }

  private async send(): Promise<void> {
    for (const { key } of this.all.value.filter((shift) => !shift.endSent)) {
      try {
        await this.sendEnd(await this.sendFixes(await this.sendBeginning(key)))
      } catch (error) {
        if (error instanceof Unreachable) return
        if (!(error instanceof Problem)) throw error
        if (error.isSignedOut || error.status >= 500 || error.status === 429) return
        // The platform says that this shift is over, or never was: nothing of it is sent again.
        this.wrong.value = error.message
        await this.endedThere(key, this.now())
      }
    }
    const done = this.all.value.filter((shift, index) => shift.endSent && index < this.all.value.length - 1)
    if (done.length > 0) await this.keep(this.all.value.filter((shift) => !done.includes(shift)))
  }

  /** Returns the key the platform knows the shift by: another phone's, where the person is on shift there already. */
  private async sendBeginning(key: string): Promise<string> {
    const shift = this.of(key)
    if (!shift || shift.begunSent) return key
    const told = await this.options.doors.begin(key, iso(shift.begunAt))
    await this.change(key, { key: told.key, begunAt: Date.parse(told.begun_at), runsOutAt: Date.parse(told.runs_out_at), begunSent: true })
    if (told.ended_at) await this.endedThere(told.key, Date.parse(told.ended_at))
    return told.key
  }

  private async sendFixes(key: string): Promise<string> {
    for (let shift = this.of(key); shift && shift.fixes.length > 0; shift = this.of(key)) {
      const batch = shift.fixes.slice(0, BATCH)
      const answer = await this.options.doors.push(key, batch)
      this.dropped.value += answer.dropped
      this.pushed = true
      // Others may have come in meanwhile.
      await this.change(key, { fixes: (this.of(key)?.fixes ?? []).slice(batch.length) })
    }
    return key
  }

  private async sendEnd(key: string): Promise<void> {
    const shift = this.of(key)
    if (!shift || shift.endedAt === null || shift.endSent) return
    await this.options.doors.end(key, iso(shift.endedAt))
    await this.change(key, { endSent: true })
  }

  private async endedThere(key: string, at: number): Promise<void> {
    if (key === this.kept.value?.key) this.stop()
    await this.change(key, { endedAt: this.of(key)?.endedAt ?? at, begunSent: true, endSent: true, fixes: [] })
  }

  private of(key: string): KeptShift | undefined {
    return this.all.value.find((shift) => shift.key === key)
  }

  private change(key: string, part: Partial<KeptShift>): Promise<void> {
    return this.keep(this.all.value.map((shift) => (shift.key === key ? { ...shift, ...part } : shift)))
  }

  /** One write after the other, so that an older one never comes last. */
  private keep(shifts: KeptShift[]): Promise<void> {
    this.all.value = shifts
    this.saving = this.saving.then(() => this.options.shelf.change({ room: 'kept', key: KEPT, value: plain(this.all.value) }))
    return this.saving
  }

  private now(): number {
    return (this.options.now ?? Date.now)()
  }
}
