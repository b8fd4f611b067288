import { ref, shallowRef, type Ref } from 'vue'
import type { ApiClient } from '@shared/api/client'
import type { Fix } from '@shared/geo/position'
import { plain, type Outbox } from '@shared/outbox/outbox'
import type { Shelf } from '@shared/outbox/shelf'

/** A cell nobody has been in lately: a place on today's walk like a task. */
export interface Patrol {
  cell: string
  zh: string
  en: string
  lon: number
  lat: number
  /** Reports of the last half year. */
  reports: number
  seen_at: string | null
}

interface Kept {
  items: Patrol[]
  days: number
}

const KEPT = 'patrols'
export const isPatrol = (stop: object): stop is Patrol => 'cell' in stop

/** Cells of today's walk, kept on the phone like the tasks. */
export class Patrols {
  readonly items: Ref<Patrol[]> = shallowRef([])
  readonly days = ref(0)

  constructor(private readonly shelf: Shelf, private readonly client: () => ApiClient, private readonly outbox: () => Outbox) {}

  async recall(): Promise<void> {
    const kept = await this.shelf.get<Kept>('kept', KEPT)
    if (kept) this.take(kept)
  }

  /** Asks anew what is near; without a network what was there stays. */
  async refresh(fix: Fix | null): Promise<void> {
    if (!fix) return
    try {
      const told = await this.client().get<Kept>('/patrols', { lon: fix.lon, lat: fix.lat, limit: 5 })
      const waiting = new Set(this.outbox().entries.value.filter((entry) => entry.kind === 'patrol').map((entry) => entry.path.split('/').at(-1)))
      await this.keep({ days: told.days, items: told.items.filter((patrol) => !waiting.has(patrol.cell)) })
    } catch {
      return
    }
  }

  of(cell: string): Patrol | undefined {
    return this.items.value.find((patrol) => patrol.cell === cell)
  }

  /** Looked, and there was nothing: written down first, sent when there is a network. */
  async looked(patrol: Patrol, title: string): Promise<void> {
    await this.outbox().add([{ kind: 'patrol', title, path: `/patrols/${patrol.cell}`, body: { at: new Date().toISOString() }, shots: [] }])
    await this.done(patrol.cell)
  }

  /** For the next person at this phone. */
  forget(): Promise<void> {
    return this.keep({ days: 0, items: [] })
  }

  done(cell: string): Promise<void> {
    return this.keep({ days: this.days.value, items: this.items.value.filter((patrol) => patrol.cell !== cell) })
  }

  private take(kept: Kept): void {
    this.items.value = kept.items
    this.days.value = kept.days
  }

  private async keep(kept: Kept): Promise<void> {
    this.take(kept)
    await this.shelf.change({ room: 'kept', key: KEPT, value: plain(kept) })
  }
}
