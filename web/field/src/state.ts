import { computed, inject, ref, shallowRef, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { Unreachable } from '@shared/api/problem'
import { AppState } from '@shared/api/state'
import type { CaseCard, CaseClass, CaseRow, Session, Site } from '@shared/api/types'
import { followMe, whereAmI, type Fix, type NoFix } from '@shared/geo/position'
import { language } from '@shared/i18n'
import { outboxDoor } from '@shared/outbox/door'
import { Outbox, plain } from '@shared/outbox/outbox'
import { keepForLong, openShelf, type Shelf } from '@shared/outbox/shelf'
import { ShotPictures } from '@shared/outbox/shots'
import { ReportDraft } from '@shared/report/draft'
import { SayPlaces } from '@shared/report/places'
import { moveIn } from '@shared/vault/moveIn'
import { Vault, type ShareGiven, type Unlocked, type WipeKind } from '@shared/vault/vault'
import { Patrols } from './patrol/patrols'
import { CasePictures } from './pictures'
import { TaskBook } from './tasks'
import { shiftDoors } from './walk/doors'
import { Shift } from './walk/shift'

/** Who was signed in and to which city, so that the app opens without a network. */
interface KeptSelf {
  site: Site
  session: Session
}

const SELF = 'self'
/** States in which a case waits for somebody on the spot. */
const FIELD_STATES = 'verifying,checking'
const MOST_TASKS = 100
/** So long a position is that of now; so long it may still stand beside a photo. */
const FRESH_MS = 20_000
const STALE_MS = 120_000
/** Where the app kept things before they were sealed. */
const OPEN_SHELF = 'gridloop-field'

/** Everything the pages of a collector share. */
export class FieldState {
  readonly app: AppState
  readonly places: SayPlaces
  readonly pictures: ShotPictures
  readonly outbox: Outbox
  readonly draft: ReportDraft
  readonly book: TaskBook
  readonly fix: Ref<Fix | null> = shallowRef(null)
  readonly noFix: Ref<NoFix | ''> = ref('')
  readonly classes: Ref<CaseClass[]> = shallowRef([])
  readonly collects: ComputedRef<boolean>
  /** What this phone keeps, closed until the PIN is given. */
  readonly shelf: Vault
  readonly cards: CasePictures
  readonly shift: Shift
  readonly patrols: Patrols
  private started = false
  private readingClasses: Promise<void> | null = null

  constructor(disks: Disks) {
    this.app = new AppState(() => void this.outbox.flush())
    const { client } = this.app.doors
    const shelf = new Vault(disks.sealed, disks.plain, {
      register: (name, proof) => client.post<ShareGiven>('/devices', { name, proof }),
      share: (token, proof) => client.post<ShareGiven>('/devices/share', { token, proof }),
      check: (token) => client.post<{ kind: WipeKind }>('/devices/check', { token }),
      wiped: (token) => client.post('/devices/wiped', { token }),
    })
    this.shelf = shelf
    this.cards = new CasePictures(shelf)
    this.places = new SayPlaces(client)
    this.pictures = new ShotPictures(shelf)
    this.outbox = new Outbox({
      name: 'field', shelf, door: outboxDoor(client, () => language.value),
      confirmed: (answer, entry) => this.book.took(entry.about, answer.body),
    })
    this.draft = new ReportDraft({ shelf, id: 'report', placeAt: this.places.at })
    this.book = new TaskBook(shelf, {
      tasks: async () => (await this.app.doors.cases({ state: FIELD_STATES, sort: 'due', limit: MOST_TASKS })).items,
      card: (number) => this.app.doors.card(number),
    }, this.cards)
    this.shift = new Shift({
      shelf, doors: shiftDoors(client), watch: followMe,
      told: (fix) => this.placed(fix),
      failed: (why) => { this.noFix.value = why },
    })
    this.patrols = new Patrols(shelf, () => client, () => this.outbox)
    this.collects = computed(() => this.app.holds('collector'))
  }

  async begin(): Promise<void> {
    await Promise.all([this.app.begin(), this.shelf.load()])
    await this.obeyWipe()
    addEventListener('online', () => void this.obeyWipe().then(() => this.shift.flush()))
  }

  /** Opens what the phone keeps; with a new PIN where it keeps nothing yet. */
  async unlock(pin: string): Promise<Unlocked> {
    let end: Unlocked = 'open'
    if (this.shelf.state.value === 'new') await this.shelf.begin(pin, this.app.person.value?.id ?? 0, phoneName())
    else end = await this.shelf.unlock(pin)
    if (end === 'open') await this.opened()
    return end
  }

  /** Another person at the same phone has to open it with that person's own PIN. */
  lockIfOther(): void {
    if (this.shelf.state.value === 'open' && this.app.person.value?.id !== this.shelf.person.value) location.reload()
  }

  /** Empties the phone where the platform wants it; in a drill what is unsent goes first. */
  async obeyWipe(): Promise<void> {
    const kind = await this.shelf.wipeWanted()
    if (!kind) return
    if (kind === 'drill' && this.shelf.state.value === 'open') {
      await Promise.all([this.outbox.flush(), this.shift.flush()])
      if (this.outbox.entries.value.length + this.shift.waiting.value > 0) return
    }
    this.outbox.stop()
    this.shift.stop()
    await this.shelf.wipe(kind)
    this.app.session.value = null
    this.started = false
  }

  private async opened(): Promise<void> {
    await moveIn(await openShelf(OPEN_SHELF), this.shelf)
    if (this.app.wrong.value) await this.beginFromPhone()
    else await this.keepSelf()
    await Promise.all([this.book.recall(), this.patrols.recall(), this.draft.load(), this.recallClasses()])
    if (!this.started) await Promise.all([this.outbox.start(), this.shift.load()])
    this.started = true
    void keepForLong()
    if (this.app.session.value) void this.loadClasses()
  }

  /** After signing in: remembered for days without a network. */
  async keepSelf(): Promise<void> {
    const site = this.app.site.value
    const session = this.app.session.value
    const self: KeptSelf | undefined = site && session ? plain({ site, session }) : undefined
    await this.shelf.change({ room: 'kept', key: SELF, value: self })
  }

  /** Ends the session and the shift; tasks of this person leave the phone, what is unsent stays. */
  async signOut(): Promise<void> {
    await this.shift.end()
    await this.app.signOut()
    await Promise.all([this.book.forget(), this.patrols.forget()])
    await this.keepSelf()
    location.replace('/field/')
  }

  /** Asks the phone once where it is; only a shift follows it, and the camera while it is open. */
  async locate(): Promise<void> {
    try {
      this.placed(await whereAmI())
    } catch (why) {
      this.noFix.value = why === 'denied' ? 'denied' : 'unavailable'
    }
  }

  /** Where the phone is at this moment, for a photo: asked again unless it was just told; nothing rather than an old place. */
  async fixNow(): Promise<Fix | null> {
    if (this.fixAge() > FRESH_MS) await this.locate()
    return this.fixAge() > STALE_MS ? null : this.fix.value
  }

  private fixAge(): number {
    return this.fix.value ? Date.now() - this.fix.value.at : Infinity
  }

  placed(fix: Fix): void {
    this.fix.value = fix
    this.noFix.value = ''
  }

  /** Fetches the map around today's tasks, once they are known, for when there is no network. */
  async keepMap(): Promise<void> {
    const address = this.app.site.value?.basemap.pmtiles
    if (!address || this.book.rows.value.length === 0) return
    const { fetchMapAhead } = await import('./today/walkMap')
    await Promise.all([fetchMapAhead(address, this.book.rows.value), import('@shared/report/CasesMap.vue')])
  }

  loadClasses(): Promise<void> {
    this.readingClasses ??= this.readClasses()
    return this.readingClasses
  }

  private async recallClasses(): Promise<void> {
    this.classes.value = (await this.shelf.get<CaseClass[]>('kept', 'classes')) ?? []
  }

  private async readClasses(): Promise<void> {
    try {
      this.classes.value = (await this.app.doors.classes()).items
      await this.shelf.change({ room: 'kept', key: 'classes', value: plain(this.classes.value) })
    } catch {
      this.readingClasses = null
      await this.recallClasses()
    }
  }

  private async beginFromPhone(): Promise<void> {
    const self = await this.shelf.get<KeptSelf>('kept', SELF)
    if (!self) return
    this.app.site.value = self.site
    this.app.session.value = self.session
    this.app.wrong.value = ''
  }
}

export const isOffline = (error: unknown): boolean => error instanceof Unreachable

/** What a task asks for: to verify a report, or to check a repair. */
export type TaskKind = 'verify' | 'check'

export const kindOf = (row: Pick<CaseRow, 'state'>): TaskKind => (row.state === 'checking' ? 'check' : 'verify')

/** The kind by what may be done now, where the card is at hand. */
export function kindOfCard(card: CaseCard): TaskKind | null {
  const verbs = new Set(card.actions.map((action) => action.verb))
  if (verbs.has('pass')) return 'check'
  return verbs.has('confirm') ? 'verify' : null
}

const KEY: InjectionKey<FieldState> = Symbol('field')
export { KEY as FIELD }

/** Where things lie: sealed ones, and the little that is needed to open them. */
interface Disks {
  sealed: Shelf
  plain: Shelf
}

/** Without WebCrypto (a page without TLS) nothing may touch the disk. */
export async function fieldState(): Promise<FieldState> {
  const disk = globalThis.crypto?.subtle ? globalThis.indexedDB : undefined
  const [sealed, plain] = await Promise.all([openShelf('gridloop-field-sealed', disk ?? null), openShelf('gridloop-field-vault', disk ?? null)])
  return new FieldState({ sealed, plain })
}

/** What the worker and the supervisor know the phone by. */
function phoneName(): string {
  const { userAgent } = navigator
  return /\(([^)]*)\)/.exec(userAgent)?.[1]?.slice(0, 60) ?? userAgent.slice(0, 60)
}

export function useField(): FieldState {
  const state = inject(KEY)
  if (!state) throw new Error('a page of collectors needs its state above it')
  return state
}
