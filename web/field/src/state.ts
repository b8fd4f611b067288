import { computed, inject, ref, shallowRef, type ComputedRef, type InjectionKey, type Ref } from 'vue'
import { Unreachable } from '@shared/api/problem'
import { AppState } from '@shared/api/state'
import type { CaseCard, CaseClass, CaseRow, Session, Site } from '@shared/api/types'
import { followMe, type Fix, type NoFix } from '@shared/geo/position'
import { language } from '@shared/i18n'
import { outboxDoor } from '@shared/outbox/door'
import { Outbox, plain } from '@shared/outbox/outbox'
import { keepForLong, openShelf, type Shelf } from '@shared/outbox/shelf'
import { ShotPictures } from '@shared/outbox/shots'
import { ReportDraft } from '@shared/report/draft'
import { SayPlaces } from '@shared/report/places'
import { TaskBook } from './tasks'

/** Who was signed in and to which city, so that the app opens without a network. */
interface KeptSelf {
  site: Site
  session: Session
}

const SELF = 'self'
/** States in which a case waits for somebody on the spot. */
const FIELD_STATES = 'verifying,checking'
const MOST_TASKS = 100

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
  private stopFollowing: (() => void) | null = null
  private readingClasses: Promise<void> | null = null

  constructor(readonly shelf: Shelf) {
    this.app = new AppState(() => void this.outbox.flush())
    const { client } = this.app.doors
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
    })
    this.collects = computed(() => this.app.holds('collector'))
  }

  async begin(): Promise<void> {
    await this.app.begin()
    if (this.app.wrong.value) await this.beginFromPhone()
    else await this.keepSelf()
    await Promise.all([this.book.recall(), this.draft.load()])
    await this.outbox.start()
    void keepForLong()
  }

  /** After signing in: remembered for days without a network. */
  async keepSelf(): Promise<void> {
    const site = this.app.site.value
    const session = this.app.session.value
    const self: KeptSelf | undefined = site && session ? plain({ site, session }) : undefined
    await this.shelf.change({ room: 'kept', key: SELF, value: self })
  }

  /** Ends the session; tasks of this person leave the phone, what is unsent stays. */
  async signOut(): Promise<void> {
    await this.app.signOut()
    await this.book.forget()
    await this.keepSelf()
  }

  follow(): void {
    this.stopFollowing ??= followMe(
      (fix) => {
        this.fix.value = fix
        this.noFix.value = ''
      },
      (why) => {
        this.noFix.value = why
      },
    )
  }

  loadClasses(): Promise<void> {
    this.readingClasses ??= this.readClasses()
    return this.readingClasses
  }

  private async readClasses(): Promise<void> {
    try {
      this.classes.value = (await this.app.doors.classes()).items
      await this.shelf.change({ room: 'kept', key: 'classes', value: plain(this.classes.value) })
    } catch {
      this.readingClasses = null
      this.classes.value = (await this.shelf.get<CaseClass[]>('kept', 'classes')) ?? []
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

export async function fieldState(): Promise<FieldState> {
  return new FieldState(await openShelf('gridloop-field'))
}

export function useField(): FieldState {
  const state = inject(KEY)
  if (!state) throw new Error('a page of collectors needs its state above it')
  return state
}
