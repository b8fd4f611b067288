import { ref, type Ref } from 'vue'
import type { EventPage, LiveEvent } from '../api/types'

export type LinkState = 'starting' | 'live' | 'polling' | 'offline'

/** What the feed needs of a browser EventSource; tests hand in their own. */
export interface StreamLike {
  onopen: ((event: Event) => unknown) | null
  onerror: ((event: Event) => unknown) | null
  addEventListener(type: string, listener: (event: MessageEvent<string>) => void): void
  onmessage: ((event: MessageEvent<string>) => unknown) | null
  close(): void
}

export interface FeedOptions {
  url: string | null
  /** Events after a position; null asks only for the present position. */
  page: (after: number | null, limit: number) => Promise<EventPage>
  open?: (url: string) => StreamLike
  /** Pauses before the stream is opened again, in milliseconds; the last one repeats. */
  backOffMs?: readonly number[]
  pollEveryMs?: number
  /** While nothing answers at all, asked this often, so that a city that is back is heard at once. */
  retryEveryMs?: number
  now?: () => number
}

type Listener = (event: LiveEvent) => void

const PAGE_LIMIT = 500

/** Every change within the person's scope, once and in order: by stream, after a loss by gap-fill, else by polling. */
export class LiveFeed {
  readonly state: Ref<LinkState> = ref('starting')
  /** When something was last heard, in epoch milliseconds; 0 before the first word. */
  readonly heardAt: Ref<number> = ref(0)
  position: number | null = null

  private readonly options: FeedOptions
  private readonly listeners = new Set<Listener>()
  private readonly resetters = new Set<() => void>()
  private readonly backOffMs: readonly number[]
  private stream: StreamLike | null = null
  private timer: ReturnType<typeof setTimeout> | undefined
  private reopenTimer: ReturnType<typeof setTimeout> | undefined
  private losses = 0
  private stopped = false
  private filling: Promise<void> | null = null
  /** Heard by stream while a gap is being filled; told after it, so that the order holds. */
  private readonly held: LiveEvent[] = []

  constructor(options: FeedOptions) {
    this.options = options
    this.backOffMs = options.backOffMs ?? [500, 1000, 2000, 5000, 15000]
  }

  on(listener: Listener): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Called when too much was missed to be told; whatever is shown has to be read again. */
  onReset(listener: () => void): () => void {
    this.resetters.add(listener)
    return () => this.resetters.delete(listener)
  }

  async start(): Promise<void> {
    this.stopped = false
    globalThis.addEventListener?.('online', this.online)
    await this.fill()
    this.openStream()
  }

  stop(): void {
    this.stopped = true
    globalThis.removeEventListener?.('online', this.online)
    this.stream?.close()
    this.stream = null
    clearTimeout(this.timer)
    clearTimeout(this.reopenTimer)
  }

  private openStream(): void {
    if (this.stopped) return
    if (this.options.url === null) {
      this.poll()
      return
    }
    const address = this.position === null ? this.options.url : `${this.options.url}?after=${this.position}`
    const stream = (this.options.open ?? defaultOpen)(address)
    this.stream = stream
    stream.onopen = () => {
      this.losses = 0
      clearTimeout(this.timer)
      this.heard('live')
      // The stream may have begun after the last word we had: ask for what lies between.
      void this.fill()
    }
    stream.onmessage = (event) => this.take(event)
    stream.addEventListener('change', (event) => this.take(event))
    stream.addEventListener('hello', () => this.heard('live'))
    stream.addEventListener('ping', () => this.heard('live'))
    stream.addEventListener('reset', (event) => this.reset(event))
    stream.onerror = () => this.lost(stream)
  }

  private lost(stream: StreamLike): void {
    if (this.stream !== stream || this.stopped) return
    stream.close()
    this.stream = null
    // No longer live, or an answer that fails would be taken for a passing one, and nobody would ask again.
    if (this.state.value === 'live') this.state.value = 'polling'
    const pause = this.backOffMs[Math.min(this.losses, this.backOffMs.length - 1)] ?? 1000
    this.losses += 1
    this.reopenTimer = setTimeout(() => this.openStream(), pause)
    this.poll()
  }

  private poll(): void {
    clearTimeout(this.timer)
    void this.fill().then(() => {
      if (this.stopped || this.state.value === 'live') return
      const pause = this.state.value === 'offline' ? (this.options.retryEveryMs ?? 1000) : (this.options.pollEveryMs ?? 3000)
      this.timer = setTimeout(() => this.poll(), pause)
    })
  }

  /** The city answers again after it did not: the stream need not wait for the end of its pause. */
  private back(): void {
    this.losses = 0
    clearTimeout(this.reopenTimer)
    if (!this.stream && this.options.url !== null) this.openStream()
  }

  /** The browser has a network again. */
  private readonly online = (): void => {
    if (!this.stopped && this.state.value !== 'live') this.poll()
  }

  /** Asks for everything after the last known position; one request chain at a time. */
  private fill(): Promise<void> {
    this.filling ??= this.askAfter().finally(() => {
      this.filling = null
      this.held.splice(0).forEach((event) => this.tell(event))
    })
    return this.filling
  }

  private async askAfter(): Promise<void> {
    try {
      for (;;) {
        const page = await this.options.page(this.position, PAGE_LIMIT)
        if (this.stopped) return
        const first = this.position === null
        if (!first) page.items.forEach((event) => this.tell(event))
        if (this.position === null || page.position > this.position) this.position = page.position
        const wasAway = this.state.value === 'offline'
        this.heard(this.stream && this.state.value === 'live' ? 'live' : 'polling')
        if (wasAway) this.back()
        if (first || page.items.length < PAGE_LIMIT) return
      }
    } catch {
      if (this.state.value !== 'live') this.state.value = 'offline'
    }
  }

  private take(message: MessageEvent<string>): void {
    this.heard('live')
    const event = JSON.parse(message.data) as LiveEvent
    const position = event.position ?? Number(message.lastEventId)
    if (this.filling) this.held.push({ ...event, position })
    else this.tell({ ...event, position })
  }

  /** The gap is too long to be told one by one: go on from there, and let the lists be read anew. */
  private reset(message: MessageEvent<string>): void {
    this.position = (JSON.parse(message.data) as { position: number }).position
    this.resetters.forEach((listener) => listener())
  }

  private tell(event: LiveEvent): void {
    if (this.position !== null && event.position <= this.position) return
    this.position = event.position
    this.listeners.forEach((listener) => listener(event))
  }

  private heard(state: LinkState): void {
    this.state.value = state
    this.heardAt.value = (this.options.now ?? Date.now)()
  }
}

const defaultOpen = (url: string): StreamLike => new EventSource(url, { withCredentials: true })
