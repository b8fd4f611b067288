import { reactive, ref, toRaw, watch, type Ref } from 'vue'
import type { Box } from '../boxes/boxes'
import type { Fix } from '../geo/position'
import { plain } from '../outbox/outbox'
import type { Shot } from '../outbox/entry'
import { shotOf } from '../outbox/shots'
import type { SaidPlace } from './places'
import type { Change, Shelf } from '../outbox/shelf'

/** How the place of a report was found. */
export type PlaceFrom = 'photo' | 'phone' | 'pin' | 'search'

export interface ReportForm {
  shots: Shot[]
  lon: number | null
  lat: number | null
  placeFrom: PlaceFrom | null
  accuracyM: number | null
  /** Words for the place: nearest address, then the chain of divisions. */
  addressZh: string
  addressEn: string
  chainZh: string
  chainEn: string
  classKind: string
  classCode: string
  classZh: string
  classEn: string
  text: string
  contact: string
  /** Cases the person said are not the same. */
  notThese: string[]
  savedAt: number
}

const blank = (): ReportForm => ({
  shots: [], lon: null, lat: null, placeFrom: null, accuracyM: null, addressZh: '', addressEn: '', chainZh: '', chainEn: '',
  classKind: '', classCode: '', classZh: '', classEn: '', text: '', contact: '', notThese: [], savedAt: 0,
})

const SAVE_AFTER_MS = 250
/** Photos of one report; the ninth is the last the photo door takes for a case. */
export const MOST_SHOTS = 9

export interface DraftOptions {
  shelf: Shelf
  id: string
  placeAt: (lon: number, lat: number) => Promise<SaidPlace>
  now?: () => number
}

/** A report being filled in: on disk after every change, photos at once, until it is handed to the outbox. */
export class ReportDraft {
  readonly form: ReportForm = reactive(blank())
  readonly saved: Ref<'empty' | 'saving' | 'saved'> = ref('empty')
  private readonly options: DraftOptions
  private timer: ReturnType<typeof setTimeout> | undefined
  private asked = 0
  private loaded = false

  constructor(options: DraftOptions) {
    this.options = options
    watch(this.form, () => this.soon(), { deep: true, flush: 'sync' })
  }

  get hasContent(): boolean {
    return this.form.shots.length > 0 || this.form.text.trim() !== '' || this.form.classCode !== ''
  }

  /** Brings back what an earlier page left; true when there was something. */
  async load(): Promise<boolean> {
    if (!this.loaded) {
      this.loaded = true
      const kept = await this.options.shelf.get<ReportForm>('drafts', this.options.id)
      if (kept) Object.assign(this.form, { ...blank(), ...kept })
    }
    clearTimeout(this.timer)
    if (this.hasContent) this.saved.value = 'saved'
    return this.hasContent
  }

  /** Takes pictures; the first that knows its position places the report unless the person has. Returns their object keys. */
  async addShots(files: Iterable<File>, fix: Fix | null): Promise<Shot[]> {
    const added: Shot[] = []
    for (const file of files) {
      if (this.form.shots.length >= MOST_SHOTS) break
      const { shot, keep } = await shotOf(file, fix, this.now())
      await this.options.shelf.change(keep)
      this.form.shots.push(shot)
      added.push(shot)
      const ofPhoto = shot.lon !== null && shot.lat !== null && !(fix && shot.lon === fix.lon && shot.lat === fix.lat)
      if (ofPhoto && this.form.placeFrom !== 'pin' && this.form.placeFrom !== 'search') this.placeAt(shot.lon!, shot.lat!, 'photo', null)
    }
    await this.save()
    return added
  }

  async dropShot(key: string): Promise<void> {
    this.form.shots = this.form.shots.filter((shot) => shot.key !== key)
    await this.save({ room: 'bytes', key, value: undefined })
  }

  /** What others must not see of a photo; it goes to the server with the whole picture. */
  async hide(key: string, boxes: readonly Box[]): Promise<void> {
    const shot = this.form.shots.find((one) => one.key === key)
    if (!shot) return
    shot.boxes = boxes.map((box) => ({ ...box }))
    await this.save()
  }

  /** The phone's own position places the report only when nothing better has. */
  placeByPhone(fix: Fix): void {
    if (this.form.placeFrom !== null && this.form.placeFrom !== 'phone') return
    this.placeAt(fix.lon, fix.lat, 'phone', fix.accuracyM)
  }

  placeAt(lon: number, lat: number, from: PlaceFrom, accuracyM: number | null): void {
    const moved = this.form.lon !== lon || this.form.lat !== lat
    Object.assign(this.form, { lon, lat, placeFrom: from, accuracyM })
    if (moved) Object.assign(this.form, { addressZh: '', addressEn: '', chainZh: '', chainEn: '', notThese: [] })
  }

  /** Asks what is at the point; answers for an earlier point are dropped. Offline the point itself is enough. */
  async nameThePlace(): Promise<void> {
    const { lon, lat } = this.form
    if (lon === null || lat === null) return
    this.asked += 1
    const mine = this.asked
    const place = await this.options.placeAt(lon, lat)
    if (mine !== this.asked) return
    Object.assign(this.form, place)
  }

  chooseClass(kind: string, code: string, zh: string, en: string): void {
    Object.assign(this.form, { classKind: kind, classCode: code, classZh: zh, classEn: en })
  }

  /** Body of the report door, without what was left empty. */
  body(): Record<string, unknown> {
    const { text, lon, lat, classKind, classCode, addressZh, contact } = this.form
    const body: Record<string, unknown> = { text: text.trim(), lon, lat }
    if (classCode) Object.assign(body, { class_kind: classKind, class_code: classCode })
    if (addressZh) body.address = addressZh
    if (contact.trim()) body.contact = contact.trim()
    return body
  }

  /** The shots as they are now, free of the screen. */
  shots(): Shot[] {
    return plain(toRaw(this.form.shots))
  }

  /** The change that ends the draft, to be made in the same transaction that keeps the entry. */
  get ending(): Change {
    return { room: 'drafts', key: this.options.id, value: undefined }
  }

  /** After hand-over: an empty form; the bytes now belong to the entry. */
  reset(): void {
    Object.assign(this.form, blank())
    clearTimeout(this.timer)
    this.saved.value = 'empty'
  }

  /** Throws the draft away with its photos. */
  async discard(): Promise<void> {
    const bytes = this.form.shots.map((shot): Change => ({ room: 'bytes', key: shot.key, value: undefined }))
    this.reset()
    await this.options.shelf.change(this.ending, ...bytes)
  }

  /** Writes the draft down now; resolves when it is on disk. */
  async save(...together: Change[]): Promise<void> {
    clearTimeout(this.timer)
    if (!this.hasContent) {
      this.saved.value = 'empty'
      return this.options.shelf.change(this.ending, ...together)
    }
    const form = { ...plain(toRaw(this.form)), savedAt: this.now() }
    await this.options.shelf.change({ room: 'drafts', key: this.options.id, value: form }, ...together)
    this.saved.value = 'saved'
  }

  private soon(): void {
    if (!this.loaded || !this.hasContent) return
    this.saved.value = 'saving'
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.save(), SAVE_AFTER_MS)
  }

  private now(): number {
    return (this.options.now ?? Date.now)()
  }
}

