import type { ApiClient } from '@shared/api/client'
import { queryString } from '@shared/api/client'
import type { CaseRow } from '@shared/api/types'
import { titleOf, whereOf } from '@shared/ui/caseWords'
import { statusOf } from '@shared/ui/status'
import type { Asked, CaseFilter, Figure, ListPage, ListRow, Spot } from './layer'

/** One mark: a case of its own, or how many stand in one square; `weight` is that of the most pressing one. */
export type Mark = [lon: number, lat: number, n: number, weight: number, number: string, title: string]

export interface Marks {
  marks: Mark[]
  n: number
  cut: boolean
}

interface PlaceRow extends Omit<ListRow, 'row'> {
  kind: string
}

export interface PlaceCardUnit {
  kind: string
  zh: string
  en: string
}

/** Everything about one place: what it is, who answers for it, what stands in it and which cases are open there. */
export interface PlaceCard {
  layer: string
  code: string
  zh: string
  en: string
  detail_zh: string
  detail_en: string
  lon: number | null
  lat: number | null
  area_m2: number | null
  /** Metres round the point that are counted; null for an area. */
  within_m: number | null
  units: PlaceCardUnit[]
  components: { n: number; broken: number; parts: Figure['parts'] } | null
  cases: Figure & { late: number }
  newest: CaseRow[]
}

const PLACES = 5

const boxOf = (asked: Asked): string => asked.box.map((one) => one.toFixed(6)).join(',')
/** Corners of a shape as the doors take them: lon lat pairs in one line. */
export const cornersOf = (within: readonly Spot[] | null): string | undefined => within?.map(([lon, lat]) => `${lon.toFixed(PLACES)} ${lat.toFixed(PLACES)}`).join(',')
const ofFilter = (filter: CaseFilter): Record<string, string | undefined> => ({
  state: filter.state || undefined, class: filter.class || undefined, since: filter.since || undefined, until: filter.until || undefined,
})
const queryOf = (asked: Asked): Record<string, string | undefined> => ({ box: boxOf(asked), within: cornersOf(asked.within), ...ofFilter(asked.filter) })

export const rowOf = (row: CaseRow): ListRow => ({
  code: row.number, zh: titleOf(row), en: titleOf(row), detail_zh: whereOf(row), detail_en: whereOf(row), status: statusOf(row), lon: row.lon, lat: row.lat, row,
})

/** The doors of the map; what several layers ask for at the same moment is fetched once. */
export class MapDoors {
  private readonly asked = new Map<string, Promise<unknown>>()

  constructor(readonly client: ApiClient) {}

  counts(asked: Asked, signal: AbortSignal): Promise<Record<string, Figure>> {
    return this.once(`/map/counts${queryString(queryOf(asked))}`, signal)
  }

  marks(asked: Asked, signal: AbortSignal): Promise<Marks> {
    return this.once(`/map/marks${queryString({ ...queryOf(asked), zoom: asked.zoom === undefined ? undefined : Math.floor(asked.zoom) })}`, signal)
  }

  async cases(asked: Asked, cursor: string, signal: AbortSignal): Promise<ListPage> {
    const page = await this.client.get<{ items: CaseRow[]; next: string | null }>('/cases', { ...queryOf(asked), limit: 100, cursor: cursor || undefined }, signal)
    return { rows: page.items.map(rowOf), next: page.next }
  }

  async places(layer: string, asked: Asked, cursor: string, signal: AbortSignal, limit = 100): Promise<ListPage> {
    const page = await this.client.get<{ items: PlaceRow[]; next: string | null }>(`/map/list/${layer}`, { ...queryOf(asked), limit, cursor: cursor || undefined }, signal)
    return { rows: page.items, next: page.next }
  }

  card(layer: string, code: string, signal?: AbortSignal): Promise<PlaceCard> {
    return this.client.get(`/map/cards/${layer}/${encodeURIComponent(code)}`, undefined, signal)
  }

  casesFile = (asked: Asked, kind: string): string => `${this.client.base}/cases/export.${kind}${queryString(queryOf(asked))}`
  placesFile = (layer: string, asked: Asked, kind: string): string => `${this.client.base}/map/export/${layer}.${kind}${queryString(queryOf(asked))}`

  /** One request while it is under way, whoever asks. */
  private once<T>(path: string, signal: AbortSignal): Promise<T> {
    const there = this.asked.get(path)
    if (there) return there as Promise<T>
    const asking = this.client.get<T>(path, undefined, signal).finally(() => this.asked.delete(path))
    this.asked.set(path, asking)
    return asking
  }
}
