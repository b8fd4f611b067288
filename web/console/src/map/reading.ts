import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { sentenceOf } from '@shared/api/problem'
import type { MapDoors } from './doors'
import type { Asked, Figure, MapLayer } from './layer'

/** What is in view: figures of every layer, and what the shown ones draw; the last answer stays until a newer one is there. */
export class MapReading {
  readonly figures: ShallowRef<Readonly<Record<string, Figure | null>>> = shallowRef({})
  readonly read: ShallowRef<Readonly<Record<string, unknown>>> = shallowRef({})
  readonly reading: Ref<boolean> = ref(false)
  readonly wrong: Ref<string> = ref('')
  /** Epoch ms of the last whole answer; 0 before the first. */
  readonly readAt: Ref<number> = ref(0)
  private abort: AbortController | null = null

  constructor(private readonly doors: MapDoors) {}

  async ask(asked: Asked, layers: readonly MapLayer[], shown: (id: string) => boolean): Promise<void> {
    this.abort?.abort()
    const abort = new AbortController()
    this.abort = abort
    this.reading.value = true
    const figures: Record<string, Figure | null> = { ...this.figures.value }
    const read: Record<string, unknown> = { ...this.read.value }
    const asking = layers.flatMap((layer) => [
      layer.count(this.doors, asked, abort.signal).then((figure) => { figures[layer.id] = figure }),
      shown(layer.id) && layer.read ? layer.read(this.doors, asked, abort.signal).then((answer) => { read[layer.id] = answer }) : Promise.resolve(),
    ])
    const answers = await Promise.allSettled(asking)
    if (abort.signal.aborted) return
    const failed = answers.find((answer): answer is PromiseRejectedResult => answer.status === 'rejected')
    this.figures.value = figures
    this.read.value = read
    this.wrong.value = failed ? sentenceOf(failed.reason) : ''
    if (!failed) this.readAt.value = Date.now()
    this.reading.value = false
  }

  stop(): void {
    this.abort?.abort()
  }
}
