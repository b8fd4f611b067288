import { computed, ref, type ComputedRef, type Ref } from 'vue'
import type { ApiClient } from '@shared/api/client'
import { useDoing } from '@shared/ui/doing'

export type Pace = '' | 'daily' | 'weekly'
export type Channel = 'email' | 'sms'
export const PACES: Pace[] = ['', 'daily', 'weekly']
export const CHANNELS: Channel[] = ['email', 'sms']
export const HOURS = Array.from({ length: 24 }, (_, hour) => hour)

export interface NoticeKind {
  kind: string
  zh: string
  en: string
}

export interface Choice {
  muted_channels: string[]
  muted_kinds: string[]
  digest: Pace
  /** An hour of the city, 0 to 23. */
  digest_hour: number
}

export interface Preferences extends Choice {
  kinds: NoticeKind[]
}

export interface DigestPreview {
  title: string
  text: string
  weekly: boolean
  is_sent: boolean
}

/** The doors of how somebody wants to be told. */
export interface NoticeDoors {
  read: () => Promise<Preferences>
  save: (choice: Choice) => Promise<Preferences>
  preview: () => Promise<DigestPreview>
}

export function noticeDoors(client: ApiClient): NoticeDoors {
  return {
    read: () => client.get('/notices/preferences'),
    save: (choice) => client.put('/notices/preferences', choice),
    preview: () => client.get('/digest'),
  }
}

/** An hour as a clock shows it. */
export const hourWords = (hour: number): string => `${String(hour).padStart(2, '0')}:00`

/** The same choice always as the same text, whatever the order of what is muted. */
const written = (one: Choice): string => JSON.stringify([[...one.muted_channels].sort(), [...one.muted_kinds].sort(), one.digest, one.digest_hour])

function choiceOf(one: Preferences): Choice {
  return { muted_channels: [...one.muted_channels], muted_kinds: [...one.muted_kinds], digest: one.digest, digest_hour: one.digest_hour }
}

/** What somebody has chosen, what they are choosing, and their digest as it would be now. */
export class NoticeChoice {
  readonly kinds: Ref<NoticeKind[]> = ref([])
  readonly chosen: Ref<Choice | null> = ref(null)
  readonly letter: Ref<DigestPreview | null> = ref(null)
  private readonly doing = useDoing()
  readonly wrong = this.doing.wrong
  readonly busy = this.doing.busy
  readonly changed: ComputedRef<boolean> = computed(() => this.chosen.value !== null && written(this.chosen.value) !== this.kept.value)
  private readonly kept = ref('')

  constructor(private readonly doors: NoticeDoors) {}

  load = (): Promise<boolean> => this.doing.during(async () => this.take(await this.doors.read()))

  /** True when the server has it. */
  save = (): Promise<boolean> => this.doing.during(async () => {
    if (this.chosen.value) this.take(await this.doors.save(this.chosen.value))
  })

  preview = (): Promise<boolean> => this.doing.during(async () => {
    this.letter.value = await this.doors.preview()
  })

  isOn(list: 'muted_channels' | 'muted_kinds', one: string): boolean {
    return !this.chosen.value?.[list].includes(one)
  }

  turn(list: 'muted_channels' | 'muted_kinds', one: string, on: boolean): void {
    if (!this.chosen.value) return
    const others = this.chosen.value[list].filter((other) => other !== one)
    this.chosen.value = { ...this.chosen.value, [list]: on ? others : [...others, one] }
  }

  private take(one: Preferences): void {
    this.kinds.value = one.kinds
    this.chosen.value = choiceOf(one)
    this.kept.value = written(this.chosen.value)
  }
}
