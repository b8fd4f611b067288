import { ref, type Ref } from 'vue'

/** Something worth a look on a wall. */
export interface Spot {
  id: string
  lon: number
  lat: number
}

const STAY_MS = 20_000

/** Where the wall looks: each new spot for a while, then the whole city again; a hand on the map locks the view until it is let go. */
export class Tour {
  readonly locked: Ref<boolean> = ref(false)
  private seen = new Set<string>()
  private timer: ReturnType<typeof setTimeout> | undefined
  private begun = false

  constructor(private readonly look: (spot: Spot) => void, private readonly whole: () => void) {}

  /** The spots as they are now; the first new one is flown to. What stood there when the wall was opened is not new. */
  take(spots: readonly Spot[]): void {
    const fresh = spots.find((one) => !this.seen.has(one.id))
    const first = !this.begun
    this.begun = true
    this.seen = new Set(spots.map((one) => one.id))
    if (!fresh || first || this.locked.value) return
    this.look(fresh)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => this.back(), STAY_MS)
  }

  private back(): void {
    if (!this.locked.value) this.whole()
  }

  lock(): void {
    this.locked.value = true
    clearTimeout(this.timer)
  }

  unlock(): void {
    this.locked.value = false
    this.whole()
  }

  stop(): void {
    clearTimeout(this.timer)
  }
}
