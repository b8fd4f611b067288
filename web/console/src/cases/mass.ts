import { computed, ref, type ComputedRef, type Ref } from 'vue'
import { sentenceOf } from '@shared/api/problem'
import { newKey, type ApiClient } from '@shared/api/client'
import type { ActionField, CaseRow, Loop } from '@shared/api/types'
import { bodyOf, wrongs, type Values, type Wrong } from '@shared/form/values'

/** Verbs that can be said to many cases; their names come from the loop's own table. */
export const MASS_VERBS = ['register', 'file', 'dispatch', 'redispatch', 'close', 'refuse', 'merge', 'urge', 'comment'] as const
/** In place of a unit: each case goes where the routing rules say. */
export const SUGGESTED = 'suggested'
const WATCH_MS = 700
const BROKE_OFF_MS = 2000

export interface MassVerb {
  verb: string
  zh: string
  en: string
  /** How many of the chosen cases stand where this verb can be said. */
  fits: number
}

export interface PreviewLine {
  number: string
  version: number | null
  title: string
  outcome: string
  why_zh: string
  why_en: string
  from_zh: string
  from_en: string
  to_zh: string
  to_en: string
  unit_zh: string
  unit_en: string
  due_at: string | null
}

export interface Preview {
  totals: Record<string, number>
  fields: ActionField[]
  items: PreviewLine[]
}

export interface AccountLine {
  number: string
  outcome: string
  why_zh: string
  why_en: string
  undo: string
  undo_zh: string
  undo_en: string
}

export interface Account {
  id: number
  verb: string
  of: number
  done: number
  failed: number
  totals: Record<string, number>
  ended_at: string | null
  undo_at: string | null
  undone_at: string | null
  undo_totals: Record<string, number>
  can_undo: boolean
  items: AccountLine[]
}

/** The doors of mass actions. */
export interface MassDoors {
  preview: (verb: string, fields: Values, numbers: readonly string[]) => Promise<Preview>
  run: (body: { verb: string; fields: Values; numbers: readonly string[]; versions: Record<string, number> }, key: string) => Promise<Account>
  watch: (id: number) => Promise<Account>
  undo: (id: number) => Promise<Account>
}

export function massDoors(client: ApiClient): MassDoors {
  return {
    preview: (verb, fields, numbers) => client.post('/cases/mass/preview', { verb, fields, numbers }),
    run: (body, key) => client.post('/cases/mass', body, { key }),
    watch: (id) => client.get(`/cases/mass/${id}`),
    undo: (id) => client.post(`/cases/mass/${id}/undo`, {}),
  }
}

/** The verbs that at least one of the chosen cases can take from where it stands. */
export function verbsFor(rows: readonly Pick<CaseRow, 'state'>[], steps: Loop['steps']): MassVerb[] {
  return MASS_VERBS.flatMap((verb) => {
    const of = steps.filter((step) => step.verb === verb)
    const states = new Set(of.map((step) => step.from))
    const fits = rows.filter((row) => states.has(row.state)).length
    return of[0] && fits > 0 ? [{ verb, zh: of[0].zh, en: of[0].en, fits }] : []
  })
}

/** One mass action from its preview to its account: asked, looked at, done, perhaps taken back. */
export class MassRun {
  readonly values: Ref<Values> = ref({})
  readonly bySuggestion: Ref<boolean> = ref(true)
  readonly preview: Ref<Preview | null> = ref(null)
  readonly account: Ref<Account | null> = ref(null)
  readonly reading: Ref<boolean> = ref(false)
  readonly running: Ref<boolean> = ref(false)
  readonly wrong: Ref<string> = ref('')
  /** Fields that are asked for; the unit is not while every case goes to its own. */
  readonly fields: ComputedRef<ActionField[]> = computed(() => (this.preview.value?.fields ?? []).filter((one) => one.name !== 'unit' || !this.bySuggestion.value))
  readonly takesUnit: ComputedRef<boolean> = computed(() => (this.preview.value?.fields ?? []).some((one) => one.name === 'unit'))
  readonly unmet: ComputedRef<Wrong[]> = computed(() => wrongs(this.fields.value, this.values.value))
  readonly possible: ComputedRef<number> = computed(() => this.preview.value?.totals['possible'] ?? 0)
  readonly canRun: ComputedRef<boolean> = computed(() => this.possible.value > 0 && this.unmet.value.length === 0 && !this.running.value && !this.reading.value)
  /** The same key for the same request, so that sending it again after a break goes on. */
  private key = ''
  private keyed = ''
  private asked = 0

  constructor(readonly verb: string, readonly numbers: readonly string[], private readonly doors: MassDoors, private readonly pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))) {}

  private said(): Values {
    const body = bodyOf(this.fields.value, this.values.value)
    // Before the form is known a suggested unit may be said to those verbs alone that take one.
    const takes = this.preview.value ? this.takesUnit.value : ['dispatch', 'redispatch'].includes(this.verb)
    return takes && this.bySuggestion.value ? { ...body, unit: SUGGESTED } : body
  }

  /** Asks what would happen with what is filled in now; an answer that was overtaken is dropped. */
  async look(): Promise<void> {
    this.asked += 1
    const mine = this.asked
    this.reading.value = true
    try {
      const found = await this.doors.preview(this.verb, this.said(), this.numbers)
      if (mine !== this.asked) return
      this.preview.value = found
      this.wrong.value = ''
    } catch (error) {
      if (mine === this.asked) this.wrong.value = sentenceOf(error)
    } finally {
      if (mine === this.asked) this.reading.value = false
    }
  }

  set(name: string, value: unknown): void {
    this.values.value = { ...this.values.value, [name]: value }
  }

  private keyFor(body: object): string {
    const words = JSON.stringify(body)
    if (words !== this.keyed) this.key = newKey()
    this.keyed = words
    return this.key
  }

  /** Does it to those cases that the preview showed as possible, and watches until the end. */
  async run(): Promise<boolean> {
    const lines = (this.preview.value?.items ?? []).filter((line) => line.outcome === 'possible')
    const versions = Object.fromEntries(lines.flatMap((line) => (line.version === null ? [] : [[line.number, line.version]])))
    this.running.value = true
    this.wrong.value = ''
    try {
      const body = { verb: this.verb, fields: this.said(), numbers: lines.map((line) => line.number), versions }
      this.account.value = await this.doors.run(body, this.keyFor(body))
      await this.watchUntil((account) => account.ended_at !== null)
      return true
    } catch (error) {
      this.wrong.value = sentenceOf(error)
      return false
    } finally {
      this.running.value = false
    }
  }

  /** Takes it back where nobody has acted since. */
  async undo(): Promise<boolean> {
    const done = this.account.value
    if (!done) return false
    this.running.value = true
    try {
      this.account.value = await this.doors.undo(done.id)
      await this.watchUntil((account) => account.undone_at !== null)
      return true
    } catch (error) {
      this.wrong.value = sentenceOf(error)
      return false
    } finally {
      this.running.value = false
    }
  }

  /** Reads the progress until it is over; one answer that is lost on the way is asked for again. */
  private async watchUntil(over: (account: Account) => boolean): Promise<void> {
    let lost = 0
    while (this.account.value && !over(this.account.value)) {
      await this.pause(lost > 0 ? BROKE_OFF_MS : WATCH_MS)
      try {
        this.account.value = await this.doors.watch(this.account.value.id)
        lost = 0
      } catch (error) {
        lost += 1
        if (lost > 5) throw error
      }
    }
  }
}
