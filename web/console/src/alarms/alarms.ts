import { computed, ref, shallowRef, type ComputedRef, type Ref, type ShallowRef } from 'vue'
import type { ApiClient } from '@shared/api/client'
import { sentenceOf } from '@shared/api/problem'

export type Severity = 'critical' | 'high' | 'medium' | 'info'
export type Standing = 'unacknowledged_active' | 'acknowledged_active' | 'unacknowledged_cleared' | 'shelved' | 'over'

/** One cause, with who took note of it and how long that took. */
export interface Alarm {
  id: number
  key: string
  source: string
  source_zh: string
  source_en: string
  severity: Severity
  standing: Standing
  standing_zh: string
  standing_en: string
  title_zh: string
  title_en: string
  subject: string
  unit_zh: string
  unit_en: string
  lon: number | null
  lat: number | null
  why: Record<string, string | number | null>
  times: number
  raised_at: string
  active_at: string
  cleared_at: string | null
  acknowledged_at: string | null
  acknowledged_by: string
  acknowledged_s: number | null
  false_because: string
  shelved_until: string | null
  shelved_by: string
  shelf_reason: string
  shelf_hours_max: number
  sound: boolean
}

export interface AlarmCard extends Alarm {
  acts: { at: string; verb: string; by: string; note: string; after_s: number | null }[]
  limits: Record<string, number>
}

export interface AlarmList {
  items: Alarm[]
  counts: { unacknowledged: number; critical: number; unacknowledged_active: number; acknowledged_active: number; unacknowledged_cleared: number; shelved: number }
  more: boolean
}

export interface AlarmPage {
  items: Alarm[]
  next: number | null
}

/** A group of rows of one source when there are many, so that a flood can be read. */
export interface AlarmGroup {
  source: string
  standing: Standing
  items: Alarm[]
}

/** From this many rows of one source in one state on, they stand as one line that can be opened. */
const FLOOD = 10
export const STANDINGS: readonly Standing[] = ['unacknowledged_active', 'acknowledged_active', 'unacknowledged_cleared', 'shelved']

/** Rows as they came, those of one source and state together where they are a flood. */
export function groupsOf(items: readonly Alarm[]): AlarmGroup[] {
  const count = new Map<string, number>()
  const nameOf = (one: Alarm): string => `${one.standing}/${one.source}`
  items.forEach((one) => count.set(nameOf(one), (count.get(nameOf(one)) ?? 0) + 1))
  const found: AlarmGroup[] = []
  const floods = new Map<string, AlarmGroup>()
  for (const one of items) {
    const name = nameOf(one)
    const flood = floods.get(name)
    if (flood) flood.items.push(one)
    else {
      const group = { source: one.source, standing: one.standing, items: [one] }
      if ((count.get(name) ?? 0) > FLOOD) floods.set(name, group)
      found.push(group)
    }
  }
  return found
}

/** The number of the case that an alarm is about, or nothing. */
export const caseOf = (alarm: Pick<Alarm, 'subject'>): string => /^case:(\d{8}-\d{6})$/.exec(alarm.subject)?.[1] ?? ''

/** The next one in the list that nobody has taken note of, after the one given. */
export function nextCalling(items: readonly Alarm[], after: number): Alarm | undefined {
  const calling = items.filter((one) => one.standing === 'unacknowledged_active' || one.standing === 'unacknowledged_cleared')
  const from = calling.findIndex((one) => one.id === after)
  return calling[from + 1] ?? calling[0]
}

const READ_EVERY_MS = 10_000

/** The alarms of this desk, read every ten seconds; acting on one shows its new state at once. */
export class AlarmBoard {
  readonly list: ShallowRef<AlarmList | null> = shallowRef(null)
  readonly wrong: Ref<string> = ref('')
  readonly items: ComputedRef<Alarm[]> = computed(() => this.list.value?.items ?? [])
  readonly unacknowledged: ComputedRef<number> = computed(() => this.list.value?.counts.unacknowledged ?? 0)
  private timer: ReturnType<typeof setInterval> | undefined
  private known = new Set<number>()

  constructor(private readonly client: ApiClient, private readonly sound: () => void = () => undefined) {}

  start(): void {
    this.stop()
    void this.read()
    this.timer = setInterval(() => void this.read(), READ_EVERY_MS)
  }

  stop(): void {
    clearInterval(this.timer)
    this.list.value = null
    this.known.clear()
  }

  /** Those that stand now; at a past moment, those that stood then. */
  moment: () => number | null = () => null

  async read(): Promise<void> {
    const moment = this.moment()
    try {
      this.list.value = await this.client.get<AlarmList>('/alarms', { moment: moment === null ? undefined : new Date(moment).toISOString() })
      this.wrong.value = ''
      if (moment === null) this.sing()
    } catch (error) {
      this.wrong.value = sentenceOf(error)
    }
  }

  /** One sound for each critical alarm that was not known before. */
  private sing(): void {
    const fresh = this.items.value.filter((one) => one.sound && !this.known.has(one.id))
    if (fresh.length) this.sound()
    this.known = new Set(this.items.value.filter((one) => one.sound).map((one) => one.id))
  }

  acknowledge(id: number, said: { note?: string; false_because?: string } = {}): Promise<boolean> {
    return this.told(() => this.client.post<Alarm>(`/alarms/${id}/acknowledge`, said))
  }

  shelve(id: number, reason: string, until: string): Promise<boolean> {
    return this.told(() => this.client.post<Alarm>(`/alarms/${id}/shelve`, { reason, until }))
  }

  unshelve(id: number): Promise<boolean> {
    return this.told(() => this.client.post<Alarm>(`/alarms/${id}/unshelve`, {}))
  }

  card(id: number): Promise<AlarmCard> {
    return this.client.get<AlarmCard>(`/alarms/${id}`)
  }

  past(before: number | null): Promise<AlarmPage> {
    return this.client.get<AlarmPage>('/alarms/past', { before })
  }

  private async told(act: () => Promise<Alarm>): Promise<boolean> {
    try {
      await act()
      await this.read()
      return true
    } catch (error) {
      this.wrong.value = sentenceOf(error)
      return false
    }
  }
}
