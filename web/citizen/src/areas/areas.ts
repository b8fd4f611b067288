import type { ApiClient } from '@shared/api/client'
import type { CaseClass } from '@shared/api/types'

/** An area that somebody follows: a division, or a circle round a spot that the server keeps to about 100 m. */
export interface Area {
  id: number
  place: string
  name_zh: string
  name_en: string
  lon: number | null
  lat: number | null
  radius_m: number | null
  classes: string[]
}

export interface AreaPage {
  items: Area[]
  hours: number[]
}

export interface NewArea {
  place?: string
  lon?: number
  lat?: number
  radius_m?: number
  classes: string[]
}

export interface Township {
  code: string
  zh: string
  en: string
}

interface Division {
  area: string
  name_zh: string
  name_en: string
}

export interface News {
  id: number
  kind: string
  title: string
  text: string
  at: string
}

/** Kinds of notices about followed areas. */
const KINDS: ReadonlySet<string> = new Set(['nearby', 'announcement', 'announcement_over'])
const TOWNSHIP_LEVEL = 4
const DECIMALS = 3
const CITY_DIGITS = 4

/** A coordinate as coarse as it is kept; nothing finer leaves the phone. */
export const coarse = (degrees: number): number => Number(degrees.toFixed(DECIMALS))

/** The large classes of the catalogue, each once: "event:01" and its name. */
export function largeClasses(classes: readonly CaseClass[]): { key: string; zh: string; en: string }[] {
  const found = new Map<string, { key: string; zh: string; en: string }>()
  for (const one of classes) {
    const key = `${one.kind}:${one.code.slice(0, 2)}`
    if (!found.has(key)) found.set(key, { key, zh: one.class_zh, en: one.class_en })
  }
  return [...found.values()].sort((a, b) => b.key.localeCompare(a.key))
}

/** Doors about areas and what is new there. */
export class AreaDoors {
  constructor(private readonly client: ApiClient) {}

  areas = (): Promise<AreaPage> => this.client.get('/reports/areas')
  follow = (area: NewArea): Promise<AreaPage> => this.client.post('/reports/areas', area)
  stop = (id: number): Promise<void> => this.client.delete(`/reports/areas/${id}`)
  /** The townships of the city round a point: the register may hold a whole province. */
  townships = async ([lon, lat]: readonly [number, number]): Promise<Township[]> => {
    const { city } = await this.client.get<{ city: { code: string } | null }>('/places/at', { lon, lat })
    if (!city) return []
    const found = await this.client.get<Division[]>('/places/divisions', { under: city.code.slice(0, CITY_DIGITS), level: TOWNSHIP_LEVEL })
    return found.map((one) => ({ code: one.area, zh: one.name_zh, en: one.name_en }))
  }
  news = async (): Promise<News[]> => (await this.client.get<{ items: News[] }>('/notices', { before: 0, limit: 100 })).items.filter((one) => KINDS.has(one.kind))
}
