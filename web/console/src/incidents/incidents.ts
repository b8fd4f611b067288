import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { newKey, type ApiClient } from '@shared/api/client'
import { sentenceOf } from '@shared/api/problem'
import type { IncidentSummary } from '@shared/api/types'
import { massDoors, type AccountLine, type MassDoors, type PreviewLine } from '../cases/mass'

const WATCH_MS = 700
/** One request takes fifty cases back; a grouping holds five hundred at most. */
const UNDO_ROUNDS_MAX = 20

export interface GroupCase {
  number: string
  version: number
  title: string
  address: string
  state: string
  state_zh: string
  state_en: string
  class_zh: string
  class_en: string
  unit_zh: string
  unit_en: string
  opened_at: string
  reports: number
  photo: string | null
}

export interface GroupMember extends GroupCase {
  can_merge: boolean
  distance_m: number
  score: number
  why_zh: string
  why_en: string
  linked_to: string
  link_score: number
}

export interface Group {
  leading: GroupCase
  members: GroupMember[]
  place_zh: string
  place_en: string
  span_m: number
  first_at: string
  last_at: string
  reports: number
}

export interface Suggested {
  items: Group[]
  looked_at: number
  truncated: boolean
  days: number
  within_m: number
}

/** How one merge went, and its way back: as every mass action tells it. */
export type GroupLine = AccountLine

export interface GroupAccount {
  id: number
  into: string
  of: number
  done: number
  failed: number
  totals: Record<string, number>
  ended_at: string | null
  undo_at: string | null
  undone_at: string | null
  back: number
  stays: number
  items: GroupLine[]
}

export interface ReporterLine {
  case: string
  came: 'original' | 'joined' | 'merged'
  at: string
  reach: string
  stages: Record<string, { answer: string; channels: string[] }>
}

export interface Answered extends IncidentSummary {
  lines: ReporterLine[]
  more: number
  messages: { at: string; by: string; text_zh: string; text_en: string; told: number; unreachable: number }[]
  groupings: { id: number; at: string; cases: number; undone_at: string | null }[]
}

/** The doors of incidents. */
export class IncidentDoors {
  private readonly masses: MassDoors

  constructor(private readonly client: ApiClient) {
    this.masses = massDoors(client)
  }

  suggested = (signal?: AbortSignal): Promise<Suggested> => this.client.get('/incidents/suggested', {}, signal)
  preview = async (into: string, numbers: readonly string[]): Promise<PreviewLine[]> => (await this.masses.preview('merge', { into }, numbers)).items
  group = (body: { into: string; numbers: readonly string[]; versions: Record<string, number>; note: string }, key: string): Promise<GroupAccount> => this.client.post('/incidents', body, { key })
  watch = (id: number): Promise<GroupAccount> => this.client.get(`/incidents/${id}`)
  undo = (id: number, note: string): Promise<GroupAccount> => this.client.post(`/incidents/${id}/undo`, { note })
  answered = (number: string): Promise<Answered> => this.client.get(`/cases/${number}/incident`)
  tell = (number: string, body: { text_zh: string; text_en: string }, key: string): Promise<{ told: number; unreachable: number }> =>
    this.client.post(`/cases/${number}/incident/messages`, body, { key })
}

/** One suggested group from choosing its cases to the account, perhaps taken apart again. */
export class GroupRun {
  readonly chosen: Ref<ReadonlySet<string>>
  readonly lines: Ref<PreviewLine[]> = ref([])
  readonly account: Ref<GroupAccount | null> = ref(null)
  readonly note: Ref<string> = ref('')
  readonly busy: Ref<boolean> = ref(false)
  readonly wrong: Ref<string> = ref('')
  readonly goes: ComputedRef<PreviewLine[]> = computed(() => this.lines.value.filter((one) => one.outcome === 'possible'))
  readonly stays: ComputedRef<PreviewLine[]> = computed(() => this.lines.value.filter((one) => one.outcome !== 'possible'))
  private key = ''
  private keyed = ''

  constructor(readonly group: Group, private readonly doors: IncidentDoors, private readonly pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))) {
    this.chosen = ref(new Set(group.members.filter((one) => one.can_merge).map((one) => one.number)))
  }

  toggle(number: string): void {
    const chosen = new Set(this.chosen.value)
    if (!chosen.delete(number)) chosen.add(number)
    this.chosen.value = chosen
  }

  /** Reads what would become of each chosen case; true when it could be read. */
  look(): Promise<boolean> {
    return this.guarded(async () => {
      this.lines.value = await this.doors.preview(this.group.leading.number, [...this.chosen.value])
    })
  }

  /** Merges those that the preview showed as possible, and watches until the end. */
  run(): Promise<boolean> {
    return this.guarded(async () => {
      const versions = Object.fromEntries(this.goes.value.flatMap((line) => (line.version === null ? [] : [[line.number, line.version]])))
      const body = { into: this.group.leading.number, numbers: this.goes.value.map((line) => line.number), versions, note: this.note.value.trim() }
      const words = JSON.stringify(body)
      if (words !== this.keyed) this.key = newKey()
      this.keyed = words
      this.account.value = await this.doors.group(body, this.key)
      while (this.account.value.ended_at === null) {
        await this.pause(WATCH_MS)
        this.account.value = await this.doors.watch(this.account.value.id)
      }
    })
  }

  /** Takes exactly these merges back, as many requests as it takes. */
  undo(): Promise<boolean> {
    return this.guarded(async () => {
      for (let round = 0; this.account.value && round < UNDO_ROUNDS_MAX && this.account.value.undone_at === null; round += 1) {
        this.account.value = await this.doors.undo(this.account.value.id, this.note.value.trim())
      }
    })
  }

  private async guarded(work: () => Promise<void>): Promise<boolean> {
    this.busy.value = true
    this.wrong.value = ''
    try {
      await work()
      return true
    } catch (error) {
      this.wrong.value = sentenceOf(error)
      return false
    } finally {
      this.busy.value = false
    }
  }
}
