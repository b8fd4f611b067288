import { computed, ref, shallowRef, type Ref } from 'vue'
import { Problem, Unreachable } from '../api/problem'
import { anEntry, type Answer, type Entry, type NewEntry, type Shot } from './entry'
import type { Change, Shelf } from './shelf'

/** How a write and its photos reach the server; both calls carry the key that makes a repeat harmless. */
export interface OutboxDoor {
  photo(shot: Shot, bytes: ArrayBuffer): Promise<string>
  write(path: string, body: Record<string, unknown>, key: string, version: number | null): Promise<Record<string, unknown>>
}

export interface OutboxOptions {
  name: string
  shelf: Shelf
  door: OutboxDoor
  now?: () => number
  /** Pauses between rounds while something waits, in milliseconds; the last one repeats. */
  backOffMs?: readonly number[]
  /** Told of every confirmed write, after it is on the shelf. */
  confirmed?: (answer: Answer, entry: Entry) => void | Promise<void>
}

/** How a round over the waiting entries ended. */
export type RoundEnd = 'idle' | 'done' | 'offline' | 'signed-out' | 'later' | 'elsewhere'

/** Answers are kept this long for screens that come back to them. */
const ANSWER_KEPT_MS = 14 * 86_400_000
/** The server did not refuse these; it only could not do them now. */
const TRY_LATER = new Set([408, 425, 429, 500, 502, 503, 504])

/** Sends what was written down exactly once and in order, across lost answers, restarts and several open pages. */
export class Outbox {
  readonly entries: Ref<Entry[]> = shallowRef([])
  readonly sending: Ref<string> = ref('')
  readonly lastEnd: Ref<RoundEnd> = ref('idle')
  /** When the server was last out of reach, in epoch milliseconds; 0 while it answers. */
  readonly offlineSince: Ref<number> = ref(0)
  readonly waiting = computed(() => this.entries.value.filter((entry) => entry.state === 'waiting'))
  readonly forPerson = computed(() => this.entries.value.filter((entry) => entry.state !== 'waiting'))

  private readonly options: OutboxOptions
  private readonly channel: BroadcastChannel | null
  private timer: ReturnType<typeof setTimeout> | undefined
  private losses = 0
  private running: Promise<RoundEnd> | null = null
  private again = false
  private stopped = false

  constructor(options: OutboxOptions) {
    this.options = options
    this.channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`outbox-${options.name}`)
    if (this.channel) this.channel.onmessage = () => void this.reread()
  }

  /** Reads what an earlier page left behind and begins to send; to be called once per page. */
  async start(): Promise<void> {
    await this.reread()
    await this.forgetOldAnswers()
    addEventListener('online', this.wake)
    document.addEventListener('visibilitychange', this.wake)
    void this.flush()
  }

  stop(): void {
    this.stopped = true
    clearTimeout(this.timer)
    removeEventListener('online', this.wake)
    document.removeEventListener('visibilitychange', this.wake)
    this.channel?.close()
  }

  /** Keeps the writes on disk, together with other changes (a draft that ends); resolves when they are safe. */
  async add(wanted: NewEntry[], ...together: Change[]): Promise<Entry[]> {
    const now = this.now()
    const last = Math.max(0, ...this.entries.value.map((entry) => entry.madeAt))
    const made = wanted.map((one, index) => anEntry(one, Math.max(now, last + 1) + index))
    await this.options.shelf.change(...made.map(kept), ...together)
    await this.changed()
    void this.flush()
    return made
  }

  /** Gives up an unsent write and what depends on it, with their photos. */
  async discard(key: string): Promise<void> {
    const all = await this.read()
    const gone = new Set([key])
    for (const entry of all) if (entry.after && gone.has(entry.after)) gone.add(entry.key)
    await this.options.shelf.change(...all.filter((entry) => gone.has(entry.key)).flatMap(removed))
    await this.changed()
  }

  /** Tries a refused write again as it is, or over a newer version or with another body under a new key, as the person decided. */
  async resend(key: string, over?: { version: number | null; key: string; body?: Record<string, unknown> }): Promise<void> {
    const entry = await this.options.shelf.get<Entry>('entries', key)
    if (!entry) return
    const next: Entry = { ...entry, state: 'waiting', wrong: '', shots: await this.unsentAgain(entry.shots) }
    if (over) Object.assign(next, over)
    const changes: Change[] = next.key === key ? [kept(next)] : [{ room: 'entries', key, value: undefined }, kept(next)]
    await this.options.shelf.change(...changes)
    await this.changed()
    void this.flush()
  }

  /** Photos that were sent but never used expire on the server within a day: those still on the phone go again. */
  private unsentAgain(shots: readonly Shot[]): Promise<Shot[]> {
    return Promise.all(shots.map(async (shot) => ((await this.options.shelf.get('bytes', shot.key)) ? { ...shot, sentId: null } : shot)))
  }

  answer(key: string): Promise<Answer | undefined> {
    return this.options.shelf.get<Answer>('answers', key)
  }

  /** One round over everything that waits; calls during a round make it go round once more. */
  flush(): Promise<RoundEnd> {
    if (this.running) {
      this.again = true
      return this.running
    }
    this.running = this.rounds().finally(() => {
      this.running = null
      this.sending.value = ''
    })
    return this.running
  }

  private readonly wake = (): void => {
    if (document.visibilityState !== 'hidden') void this.flush()
  }

  private async rounds(): Promise<RoundEnd> {
    clearTimeout(this.timer)
    let end: RoundEnd
    do {
      this.again = false
      end = await this.alone(() => this.round())
    } while (this.again && end === 'done')
    this.lastEnd.value = end
    if (end === 'offline') this.offlineSince.value ||= this.now()
    else if (end !== 'elsewhere' && end !== 'idle') this.offlineSince.value = 0
    this.losses = end === 'done' || end === 'idle' ? 0 : this.losses + 1
    if (this.waiting.value.length > 0) this.later()
    return end
  }

  private later(): void {
    if (this.stopped) return
    const pauses = this.options.backOffMs ?? [4000, 10_000, 30_000, 60_000]
    this.timer = setTimeout(() => void this.flush(), pauses[Math.min(this.losses, pauses.length - 1)])
  }

  /** One page at a time sends; the keys would make two harmless, the lock makes two needless. */
  private async alone(work: () => Promise<RoundEnd>): Promise<RoundEnd> {
    if (!navigator.locks) return work()
    return navigator.locks.request(`outbox-${this.options.name}`, { ifAvailable: true }, (lock) => (lock ? work() : 'elsewhere' as const))
  }

  private async round(): Promise<RoundEnd> {
    const entries = (await this.read()).filter((entry) => entry.state === 'waiting')
    if (entries.length === 0) return 'idle'
    let postponed = false
    for (const { key } of entries) {
      if (this.stopped) return 'later'
      // Read again: an earlier entry of this round may have sent a photo they share, or the person may have deleted it.
      const entry = await this.options.shelf.get<Entry>('entries', key)
      if (entry?.state !== 'waiting') continue
      const end = await this.sendOne(entry)
      await this.changed()
      if (end === 'offline' || end === 'signed-out') return end
      if (end === 'later') postponed = true
    }
    return postponed ? 'later' : 'done'
  }

  private async sendOne(entry: Entry): Promise<RoundEnd> {
    const ready = await this.afterParent(entry)
    if (!ready) return 'later'
    this.sending.value = entry.key
    try {
      const sent = await this.sendShots(ready)
      const body = sent.shots.length > 0 ? { ...sent.body, [sent.photoField]: sent.shots.map((shot) => shot.sentId) } : sent.body
      const told = await this.options.door.write(sent.path, body, sent.key, sent.version)
      await this.confirm(sent, told)
      return 'done'
    } catch (error) {
      return this.failed(entry.key, error)
    }
  }

  /** The entry with the number of the case that its parent opened; null while that is not confirmed. */
  private async afterParent(entry: Entry): Promise<Entry | null> {
    if (!entry.after) return entry
    const parent = await this.answer(entry.after)
    if (!parent) return null
    const number = String(parent.body.number ?? '')
    const version = typeof parent.body.version === 'number' ? parent.body.version : entry.version
    return { ...entry, path: entry.path.replace('{number}', encodeURIComponent(number)), version, about: number }
  }

  private async sendShots(entry: Entry): Promise<Entry> {
    let now = entry
    for (const [index, shot] of entry.shots.entries()) {
      if (shot.sentId) continue
      const bytes = await this.options.shelf.get<ArrayBuffer>('bytes', shot.key)
      if (!bytes) throw new Error(`photo ${shot.name} is no longer on this phone`)
      const sentId = await this.options.door.photo(shot, bytes)
      const shots = now.shots.map((one, at) => (at === index ? { ...one, sentId } : one))
      now = { ...now, shots }
      // Kept before the write that names it, so that a repeated write has the same body.
      const stored = await this.options.shelf.get<Entry>('entries', entry.key)
      if (stored) await this.options.shelf.change(kept({ ...stored, shots }))
    }
    return now
  }

  private async confirm(entry: Entry, body: Record<string, unknown>): Promise<void> {
    const answer: Answer = { key: entry.key, kind: entry.kind, at: this.now(), body: body ?? {} }
    const sent = new Map(entry.shots.map((shot) => [shot.key, shot.sentId]))
    const sharing = (await this.read()).filter((one) => one.key !== entry.key && one.shots.some((shot) => sent.has(shot.key)))
    const told = sharing.map((one) => kept({ ...one, shots: one.shots.map((shot) => ({ ...shot, sentId: sent.get(shot.key) ?? shot.sentId })) }))
    await this.options.shelf.change({ room: 'answers', key: entry.key, value: answer }, ...removed(entry), ...told)
    await this.options.confirmed?.(answer, entry)
  }

  private async failed(key: string, error: unknown): Promise<RoundEnd> {
    const stored = await this.options.shelf.get<Entry>('entries', key)
    if (!stored) return 'done'
    const wrong = error instanceof Error ? error.message : String(error)
    const next: Entry = { ...stored, tries: stored.tries + 1, wrong }
    let end: RoundEnd = 'later'
    if (error instanceof Unreachable) end = 'offline'
    else if (error instanceof Problem && error.isSignedOut) end = 'signed-out'
    else if (!(error instanceof Problem) || !TRY_LATER.has(error.status)) {
      next.state = error instanceof Problem && error.isStale ? 'stale' : 'refused'
      end = 'done'
    }
    await this.options.shelf.change(kept(next))
    return end
  }

  private async read(): Promise<Entry[]> {
    const all = await this.options.shelf.all<Entry>('entries')
    return all.sort((a, b) => a.madeAt - b.madeAt)
  }

  private async reread(): Promise<void> {
    this.entries.value = await this.read()
  }

  private async changed(): Promise<void> {
    await this.reread()
    if (!this.stopped) this.channel?.postMessage('changed')
  }

  private async forgetOldAnswers(): Promise<void> {
    const old = (await this.options.shelf.all<Answer>('answers')).filter((answer) => this.now() - answer.at > ANSWER_KEPT_MS)
    await this.options.shelf.change(...old.map((answer): Change => ({ room: 'answers', key: answer.key, value: undefined })))
  }

  private now(): number {
    return (this.options.now ?? Date.now)()
  }
}

const kept = (entry: Entry): Change => ({ room: 'entries', key: entry.key, value: plain(entry) })

const removed = (entry: Entry): Change[] => [
  { room: 'entries', key: entry.key, value: undefined },
  ...entry.shots.map((shot): Change => ({ room: 'bytes', key: shot.key, value: undefined })),
]

/** Without the proxies of the screen, which a database cannot store. */
export function plain<T>(value: T): T {
  return JSON.parse(JSON.stringify(value)) as T
}
