import { ref, toRaw, watch, type Ref } from 'vue'
import type { Fix } from '@shared/geo/position'
import type { Shot } from '@shared/outbox/entry'
import { plain } from '@shared/outbox/outbox'
import type { Change, Shelf } from '@shared/outbox/shelf'
import { shotOf } from '@shared/outbox/shots'

interface KeptAfter {
  on: boolean
  shots: Shot[]
}

const ID = 'report:after'

/** The photo of a thing put right on the spot, kept beside the draft of the report. */
export class AfterShots {
  readonly on = ref(false)
  readonly shots: Ref<Shot[]> = ref([])

  constructor(private readonly shelf: Shelf) {}

  async load(): Promise<void> {
    const kept = await this.shelf.get<KeptAfter>('drafts', ID)
    this.on.value = kept?.on ?? false
    this.shots.value = kept?.shots ?? []
    watch(this.on, () => void this.save())
  }

  async add(files: readonly File[], fix: Fix | null): Promise<void> {
    for (const file of files) {
      const { shot, keep } = await shotOf(file, fix, Date.now())
      this.shots.value.push(shot)
      await this.save(keep)
    }
  }

  async drop(key: string): Promise<void> {
    this.shots.value = this.shots.value.filter((shot) => shot.key !== key)
    await this.save({ room: 'bytes', key, value: undefined })
  }

  plainShots(): Shot[] {
    return plain(toRaw(this.shots.value))
  }

  get ending(): Change {
    return { room: 'drafts', key: ID, value: undefined }
  }

  async discard(): Promise<void> {
    await this.shelf.change(this.ending, ...this.shots.value.map((shot): Change => ({ room: 'bytes', key: shot.key, value: undefined })))
  }

  private save(...together: Change[]): Promise<void> {
    const kept: KeptAfter = { on: this.on.value, shots: this.plainShots() }
    return this.shelf.change({ room: 'drafts', key: ID, value: kept }, ...together)
  }
}
