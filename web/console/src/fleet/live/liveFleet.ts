import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { BrokenFrame, inflated, NO_ROWS, take, type Rows } from './frames'

/** A warning as the live process tells it, right after it was stored. */
export interface ToldWarning {
  id: number
  key: string
  stage: 'suspected' | 'confirmed' | 'ended' | 'withdrawn'
  rule_code: string
  rule_kind: string
  severity: string
  fence_code: string
  vehicle_id: number
  plate: string
  kind: string
  lon: number
  lat: number
}

/** What is needed of a WebSocket; tests hand in their own. */
export interface SocketLike {
  binaryType: string
  onopen: (() => unknown) | null
  onclose: ((event: { code: number }) => unknown) | null
  onmessage: ((event: { data: string | ArrayBuffer }) => unknown) | null
  close: () => void
}

export type FleetState = 'off' | 'starting' | 'live' | 'waiting' | 'refused'
const PAUSES_MS = [500, 1000, 2000, 5000, 15_000]
const REFUSED = new Set([4401, 4403])

/** The one connection of this page to the moving vehicles: held while somebody looks, opened again after a loss, warnings never skipped. */
export class LiveFleet {
  readonly rows: ShallowRef<Rows> = shallowRef(NO_ROWS)
  readonly state: Ref<FleetState> = ref('off')
  readonly kinds: Ref<readonly string[]> = ref([])
  /** When the last frame came, by `performance.now()`; the map interpolates from there. */
  frameAt = 0
  private readonly listeners = new Set<(warning: ToldWarning) => void>()
  private readonly resetters = new Set<() => void>()
  private readonly framers = new Set<() => void>()
  private holders = 0
  private socket: SocketLike | null = null
  private losses = 0
  private timer: ReturnType<typeof setTimeout> | undefined
  private lastWarning: number | null = null
  private queue: Promise<void> = Promise.resolve()

  constructor(
    private readonly url: () => string | null,
    private readonly open: (url: string) => SocketLike = (url) => new WebSocket(url) as unknown as SocketLike,
  ) {}

  /** Keeps the connection for whoever looks; call the answer to let go. */
  hold(): () => void {
    this.holders += 1
    if (this.holders === 1) this.connect()
    let held = true
    return () => {
      if (!held) return
      held = false
      this.holders -= 1
      if (this.holders === 0) this.stop()
    }
  }

  onWarning(listener: (warning: ToldWarning) => void): () => void {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Called when more was missed than is told one by one, and after each loss: lists are read anew. */
  onReset(listener: () => void): () => void {
    this.resetters.add(listener)
    return () => this.resetters.delete(listener)
  }

  onFrame(listener: () => void): () => void {
    this.framers.add(listener)
    return () => this.framers.delete(listener)
  }

  private connect(): void {
    const base = this.url()
    if (base === null) return
    this.state.value = this.losses ? 'waiting' : 'starting'
    const socket = this.open(`${base}${this.lastWarning === null ? '' : `?after=${this.lastWarning}`}`)
    socket.binaryType = 'arraybuffer'
    this.socket = socket
    socket.onmessage = ({ data }) => {
      if (this.socket !== socket) return
      if (typeof data === 'string') this.hear(data)
      // One after the other: inflating is not done in order by itself.
      else this.queue = this.queue.then(() => this.draw(socket, data))
    }
    socket.onclose = ({ code }) => this.lost(socket, code)
  }

  private hear(data: string): void {
    const word = JSON.parse(data) as { type: string; kinds?: string[]; last_warning?: number } & Partial<ToldWarning>
    if (word.type === 'hello') {
      this.kinds.value = word.kinds ?? []
      this.lastWarning ??= word.last_warning ?? null
      if (this.losses) this.resetters.forEach((one) => one())
      this.losses = 0
      this.state.value = 'live'
    } else if (word.type === 'warning' && word.id !== undefined) {
      this.lastWarning = Math.max(this.lastWarning ?? 0, word.id)
      this.listeners.forEach((one) => one(word as unknown as ToldWarning))
    } else if (word.type === 'reset') this.resetters.forEach((one) => one())
  }

  private async draw(socket: SocketLike, data: ArrayBuffer): Promise<void> {
    try {
      const frame = await inflated(data)
      if (this.socket !== socket) return
      this.rows.value = take(frame, this.rows.value)
      this.frameAt = performance.now()
      this.framers.forEach((one) => one())
    } catch (error) {
      if (!(error instanceof BrokenFrame || error instanceof TypeError)) throw error
      socket.close() // come back for a whole frame
    }
  }

  private lost(socket: SocketLike, code: number): void {
    if (this.socket !== socket) return
    this.socket = null
    if (REFUSED.has(code)) {
      this.state.value = 'refused'
      return
    }
    this.state.value = 'waiting'
    const pause = PAUSES_MS[Math.min(this.losses, PAUSES_MS.length - 1)] ?? 1000
    this.losses += 1
    this.timer = setTimeout(() => this.connect(), pause)
  }

  private stop(): void {
    clearTimeout(this.timer)
    const socket = this.socket
    this.socket = null
    socket?.close()
    this.losses = 0
    this.rows.value = NO_ROWS
    this.state.value = 'off'
  }
}

/** Where the live process serves moving vehicles; null where the site has none. */
export const fleetAddress = (liveUrl: string | null | undefined): string | null => (liveUrl ? `${liveUrl.replace(/^http/, 'ws').replace(/\/$/, '')}/live/fleet` : null)
