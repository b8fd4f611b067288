import type { FeatureCollection, Geometry, Polygon } from 'geojson'
import type { ApiClient } from '../api/client'
import type { Status } from '../ui/status'

/** Something a unit tells an area: `phase` is a matter of time, `shape` null where whole divisions are meant. */
export interface Announcement {
  id: number
  phase: 'draft' | 'waiting' | 'coming' | 'on' | 'ended' | 'withdrawn'
  phase_zh: string
  phase_en: string
  category: string
  category_zh: string
  category_en: string
  severity: 'Minor' | 'Moderate' | 'Severe' | 'Extreme'
  severity_zh: string
  severity_en: string
  title_zh: string
  title_en: string
  text_zh: string
  text_en: string
  areas: { code: string; zh: string; en: string }[]
  shape: Geometry | null
  radius_m: number | null
  lon: number | null
  lat: number | null
  starts_at: string
  ends_at: string
  published_at: string | null
  ended_at: string | null
  withdrawn_at: string | null
  note: string
  unit_zh: string
  unit_en: string
  /** Whether it holds where one asked from; null where no spot was named. */
  near: boolean | null
}

const SEVERITY: Readonly<Record<Announcement['severity'], Status>> = { Minor: 'info', Moderate: 'medium', Severe: 'high', Extreme: 'critical' }
const EARTH_M_PER_DEG = 111_320
const CIRCLE_CORNERS = 48

/** The shape beside its title: what is over is drawn hollow. */
export const statusOfNews = (one: Announcement): Status => (one.phase === 'ended' || one.phase === 'withdrawn' ? 'offline' : SEVERITY[one.severity])
export const isOver = (one: Announcement): boolean => one.phase === 'ended' || one.phase === 'withdrawn'

/** The doors that anybody may use. */
export class NewsDoors {
  constructor(private readonly client: ApiClient) {}

  list = async (at: readonly [number, number] | null): Promise<Announcement[]> =>
    (await this.client.get<{ items: Announcement[] }>('/announcements', at ? { lon: at[0], lat: at[1] } : {})).items
  one = (id: number): Promise<Announcement> => this.client.get(`/announcements/${id}`)
}

/** A circle of metres round a spot as corners that a map draws. */
export function circle(lon: number, lat: number, radiusM: number): Polygon {
  const high = radiusM / EARTH_M_PER_DEG
  const wide = high / Math.cos((lat * Math.PI) / 180)
  const corners = Array.from({ length: CIRCLE_CORNERS + 1 }, (_, at): [number, number] => {
    const turn = (2 * Math.PI * (at % CIRCLE_CORNERS)) / CIRCLE_CORNERS
    return [lon + wide * Math.cos(turn), lat + high * Math.sin(turn)]
  })
  return { type: 'Polygon', coordinates: [corners] }
}

/** What is drawn of announcements: the outline or circle of those that have one. */
export function outlines(rows: readonly Announcement[]): FeatureCollection {
  return {
    type: 'FeatureCollection',
    features: rows.flatMap((one) => {
      if (one.shape === null) return []
      const geometry = one.shape.type === 'Point' && one.radius_m ? circle(one.shape.coordinates[0]!, one.shape.coordinates[1]!, one.radius_m) : one.shape
      return [{ type: 'Feature' as const, geometry, properties: { id: one.id } }]
    }),
  }
}
