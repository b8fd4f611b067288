import { inject, ref, type InjectionKey, type Ref } from 'vue'
import { AppState } from '@shared/api/state'
import type { CaseClass, CaseRow } from '@shared/api/types'
import { language } from '@shared/i18n'
import { outboxDoor } from '@shared/outbox/door'
import type { Answer, Entry } from '@shared/outbox/entry'
import { Outbox } from '@shared/outbox/outbox'
import { openShelf, type Shelf } from '@shared/outbox/shelf'
import { ShotPictures } from '@shared/outbox/shots'
import { ReportDoors } from '@shared/report/doors'
import { ReportDraft } from '@shared/report/draft'
import { SayPlaces } from '@shared/report/places'
import { PushUse } from './push/usePush'

/** A report this phone may follow: its number, the secret that proves it, and what it was about. */
export interface Followed {
  number: string
  secret: string
  title: string
  at: number
  /** Last known state, shown at once and when there is no connection. */
  row: CaseRow | null
}

const FOLLOWED = 'follow:'

/** Everything the pages of a resident share. */
export class CitizenState {
  readonly app = new AppState()
  readonly reports: ReportDoors
  readonly places: SayPlaces
  readonly pictures: ShotPictures
  readonly outbox: Outbox
  readonly draft: ReportDraft
  readonly followed: Ref<Followed[]> = ref([])
  readonly push: PushUse
  readonly classes: Ref<CaseClass[]> = ref([])
  private readingClasses: Promise<void> | null = null

  constructor(readonly shelf: Shelf) {
    const { client } = this.app.doors
    this.reports = new ReportDoors(client)
    this.places = new SayPlaces(client)
    this.pictures = new ShotPictures(shelf)
    this.outbox = new Outbox({
      name: 'citizen', shelf, door: outboxDoor(client, () => language.value),
      confirmed: (answer, entry) => this.confirmed(answer, entry),
    })
    this.push = new PushUse(client, shelf, () => ({ signedIn: this.app.person.value !== null, reports: this.followed.value }))
    this.draft = new ReportDraft({ shelf, id: 'report', placeAt: this.places.at })
  }

  async begin(): Promise<void> {
    await Promise.all([this.app.begin(), this.readFollowed(), this.draft.load()])
    await this.outbox.start()
    await this.push.begin()
  }

  /** The catalogue, read once; the last one read stands in without a connection. */
  loadClasses(): Promise<void> {
    this.readingClasses ??= this.readClasses().catch(async () => {
      this.readingClasses = null
      this.classes.value = (await this.shelf.get<CaseClass[]>('kept', 'classes')) ?? []
    })
    return this.readingClasses
  }

  follow(one: Followed): Promise<void> {
    const known = this.followed.value.find((each) => each.number === one.number)
    const next = { ...one, secret: one.secret || known?.secret || '', row: one.row ?? known?.row ?? null }
    this.followed.value = [next, ...this.followed.value.filter((each) => each.number !== one.number)].sort((a, b) => b.at - a.at)
    return this.shelf.change({ room: 'kept', key: FOLLOWED + one.number, value: JSON.parse(JSON.stringify(next)) as Followed })
  }

  forget(number: string): Promise<void> {
    this.followed.value = this.followed.value.filter((each) => each.number !== number)
    return this.shelf.change({ room: 'kept', key: FOLLOWED + number, value: undefined })
  }

  private async readClasses(): Promise<void> {
    this.classes.value = (await this.app.doors.classes()).items
    await this.shelf.change({ room: 'kept', key: 'classes', value: JSON.parse(JSON.stringify(this.classes.value)) as CaseClass[] })
  }

  private async readFollowed(): Promise<void> {
    const kept = await this.shelf.all<unknown>('kept')
    this.followed.value = kept.filter(isFollowed).sort((a, b) => b.at - a.at)
  }

  private async confirmed(answer: Answer, entry: Entry): Promise<void> {
    const number = String(answer.body.number ?? '')
    if (entry.kind !== 'report' || !number) return
    await this.follow({ number, secret: String(answer.body.secret ?? ''), title: entry.title, at: entry.madeAt, row: null })
    void this.push.cover()
  }
}

const isFollowed = (value: unknown): value is Followed =>
  typeof value === 'object' && value !== null && 'number' in value && 'secret' in value && 'title' in value

const KEY: InjectionKey<CitizenState> = Symbol('citizen')
export { KEY as CITIZEN }

export async function citizenState(): Promise<CitizenState> {
  return new CitizenState(await openShelf('gridloop-citizen'))
}

export function useCitizen(): CitizenState {
  const state = inject(KEY)
  if (!state) throw new Error('a page of residents needs its state above it')
  return state
}

/** Address of a report's page; the secret stands in the fragment, which no server or proxy ever sees. */
export const followPath = (number: string, secret: string): string => `/r/${number}${secret ? `#${secret}` : ''}`
