import { reactive, toRaw, watch } from 'vue'
import type { Fix } from '@shared/geo/position'
import type { Shot } from '@shared/outbox/entry'
import { plain } from '@shared/outbox/outbox'
import type { Change, Shelf } from '@shared/outbox/shelf'
import { shotOf } from '@shared/outbox/shots'

/** What a worker has taken and answered for one task. */
export interface TaskForm {
  shots: Shot[]
  /** Answers to the closing conditions, by their words; absent means not answered. */
  answers: Record<string, boolean>
  note: string
  classKind: string
  classCode: string
  classZh: string
  classEn: string
}

const SAVE_AFTER_MS = 200
const blank = (): TaskForm => ({ shots: [], answers: {}, note: '', classKind: '', classCode: '', classZh: '', classEn: '' })

/** The half-done task: on the phone after every tap, so that a dead battery costs nothing. */
export class TaskDraft {
  readonly form: TaskForm = reactive(blank())
  private readonly id: string
  private timer: ReturnType<typeof setTimeout> | undefined
  private loaded = false

  constructor(private readonly shelf: Shelf, number: string) {
    this.id = `task:${number}`
    watch(this.form, () => this.soon(), { deep: true, flush: 'sync' })
  }

  async load(): Promise<void> {
    const kept = await this.shelf.get<TaskForm>('drafts', this.id)
    if (kept) Object.assign(this.form, { ...blank(), ...kept })
    clearTimeout(this.timer)
    this.loaded = true
  }

  /** Keeps pictures with where the phone was and, if it is known, which way the camera looked. */
  async addShots(files: Iterable<File>, fix: Fix | null, headingDeg: number | null = null): Promise<void> {
    for (const file of files) {
      const { shot, keep } = await shotOf(file, fix, Date.now())
      const byPhone = fix !== null && shot.lon === fix.lon && shot.lat === fix.lat
      Object.assign(shot, { accuracyM: byPhone ? fix.accuracyM : null, headingDeg })
      // The bytes first: the screen asks for them as soon as it knows of the shot.
      await this.shelf.change(keep)
      this.form.shots.push(shot)
      await this.save()
    }
  }

  async dropShot(key: string): Promise<void> {
    this.form.shots = this.form.shots.filter((shot) => shot.key !== key)
    await this.save({ room: 'bytes', key, value: undefined })
  }

  shots(): Shot[] {
    return plain(toRaw(this.form.shots))
  }

  /** The change that ends it, made in the transaction that keeps the entry. */
  get ending(): Change {
    clearTimeout(this.timer)
    this.loaded = false
    return { room: 'drafts', key: this.id, value: undefined }
  }

  async save(...together: Change[]): Promise<void> {
    clearTimeout(this.timer)
    await this.shelf.change({ room: 'drafts', key: this.id, value: plain(toRaw(this.form)) }, ...together)
  }

  private soon(): void {
    if (!this.loaded) return
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.save(), SAVE_AFTER_MS)
  }
}
