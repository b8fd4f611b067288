import type { ApiClient } from '@shared/api/client'

/** A rule asked of the past, and what was answered. */
export type Side = 'only_old' | 'only_new' | 'both'
export const SIDES: readonly Side[] = ['only_old', 'only_new', 'both']
export type Sides = Record<Side, number>
export interface Example { vehicle_id: number; plate: string; kind: string; fence: string; day: string; suspected_at: string; confirmed_at: string; lon: number; lat: number; positions: { at_ms: number; lon: number; lat: number; speed: number }[] }
export interface Replay {
  id: number; code: string; version: number; since: string; until: string; at: string; by: string; state: 'waiting' | 'running' | 'done' | 'failed'; done: number; of: number; fixes: number
  error_zh: string; error_en: string; totals: Partial<Sides>
}
export interface ReplayCard extends Replay {
  words_zh: string; words_en: string
  figures: { days?: ({ day: string } & Sides)[]; vehicles?: ({ vehicle_id: number; plate: string } & Sides)[]; examples?: Record<Side, Example[]> }
}
export interface Rate { confirmed: number; false: number; share: number | null; days: number; reasons: { code: string; zh: string; en: string; count: number }[] }

export class ReplayDoors {
  constructor(private readonly client: ApiClient) {}

  rate = (code: string): Promise<Rate> => this.client.get(`/fleet/rules/${encodeURIComponent(code)}/rate`)
  list = async (code: string): Promise<Replay[]> => (await this.client.get<{ items: Replay[] }>(`/fleet/rules/${encodeURIComponent(code)}/replays`)).items
  card = (id: number): Promise<ReplayCard> => this.client.get(`/fleet/replays/${id}`)
  ask = (code: string, days: number, proposed: object): Promise<ReplayCard> => this.client.post(`/fleet/rules/${encodeURIComponent(code)}/replay`, { days, proposed })
}

/** Bars of a day, from the floor up: what both tell, what only the old tells, what only the new one tells; shares of the highest day. */
export function bars(days: readonly ({ day: string } & Sides)[]): { day: string; parts: { side: Side; from: number; to: number }[] }[] {
  const most = Math.max(1, ...days.map((one) => one.both + one.only_old + one.only_new))
  return days.map((one) => {
    let floor = 0
    const parts = (['both', 'only_old', 'only_new'] as const).map((side) => {
      const from = floor
      floor += one[side] / most
      return { side, from, to: floor }
    })
    return { day: one.day, parts }
  })
}
