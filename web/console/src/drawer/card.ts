import { ref, shallowRef, type Ref, type ShallowRef } from 'vue'
import { newKey } from '@shared/api/client'
import type { Doors } from '@shared/api/doors'
import { Problem, sentenceOf } from '@shared/api/problem'
import type { CaseCard, CaseRow, HistoryEntry } from '@shared/api/types'
import type { Values } from '@shared/form/values'

/** The card that is open, for the map and the command bar; null when none is. */
export const openCard: ShallowRef<CaseCard | null> = shallowRef(null)

/** The 15-digit cell of a case, or nothing where its place is coarser. */
export const cellOf = (row: Pick<CaseRow, 'place'>): string => (row.place.length >= 15 ? row.place : '')

export type StepResult = 'done' | 'stale' | 'wrong'

/** One open case: read, stepped, and read again when somebody else changed it. */
export class CardStore {
  readonly card: ShallowRef<CaseCard | null> = openCard
  readonly reading: Ref<boolean> = ref(false)
  readonly wrong: Ref<string> = ref('')
  readonly sending: Ref<boolean> = ref(false)
  readonly stepWrong: Ref<string> = ref('')
  readonly fieldWrongs: Ref<Record<string, string>> = ref({})
  /** What others did between our reading and our step. */
  readonly meanwhile: Ref<HistoryEntry[]> = ref([])

  private abort: AbortController | null = null
  private key = newKey()
  private keyFor = ''
  /** The newest version of this case that the live feed told of. */
  private told = 0

  constructor(private readonly doors: Doors) {}

  async load(number: string): Promise<void> {
    this.abort?.abort()
    const abort = new AbortController()
    this.abort = abort
    if (this.card.value?.number !== number) {
      this.card.value = null
      this.meanwhile.value = []
      this.told = 0
      this.clearStep()
    }
    this.reading.value = true
    this.wrong.value = ''
    try {
      const card = await this.doors.card(number, abort.signal)
      if (!abort.signal.aborted) this.card.value = card
    } catch (error) {
      if (!abort.signal.aborted) this.wrong.value = sentenceOf(error)
    } finally {
      if (this.abort === abort) this.reading.value = false
    }
  }

  /** Takes note that the case has this version by now; true when the card is older and no step is on its way. */
  hear(number: string, version: number): boolean {
    if (number !== this.card.value?.number) return false
    this.told = Math.max(this.told, version)
    return this.isBehind && !this.sending.value
  }

  /** Whether a newer version was told of than the card that is shown. */
  get isBehind(): boolean {
    return this.card.value !== null && this.told > this.card.value.version
  }

  /** Reads the card again and keeps what is new in its history as done by others meanwhile. */
  async refresh(showChanges: boolean): Promise<void> {
    const before = this.card.value
    if (!before) return
    const last = before.history.at(-1)?.seq ?? -1
    await this.load(before.number)
    if (showChanges && this.card.value) this.meanwhile.value = this.card.value.history.filter((entry) => entry.seq > last)
  }

  /** Takes a step on the version that was read; the same words sent twice are one step. */
  async step(verb: string, body: Values): Promise<StepResult> {
    const card = this.card.value
    if (!card) return 'wrong'
    const said = JSON.stringify([card.number, card.version, verb, body])
    if (said !== this.keyFor) {
      this.key = newKey()
      this.keyFor = said
    }
    this.sending.value = true
    // A reading that began before the step must not put the older card back over its answer.
    this.abort?.abort()
    this.clearStep()
    try {
      this.card.value = await this.doors.step(card.number, verb, body, { version: card.version, key: this.key })
      this.meanwhile.value = []
      return 'done'
    } catch (error) {
      if (error instanceof Problem && error.isStale) {
        await this.refresh(true)
        return 'stale'
      }
      this.stepWrong.value = sentenceOf(error)
      if (error instanceof Problem) this.fieldWrongs.value = error.fields
      return 'wrong'
    } finally {
      this.sending.value = false
    }
  }

  clearStep(): void {
    this.stepWrong.value = ''
    this.fieldWrongs.value = {}
  }

  close(): void {
    this.abort?.abort()
    this.card.value = null
  }
}
