import type { ApiClient } from '@shared/api/client'
import { seatName } from '@shared/api/seats'
import { language } from '@shared/i18n'
import type { Announcement } from '@shared/news/news'
import { CITY_ZONE } from '@shared/time/time'

export interface Card extends Announcement {
  state: 'draft' | 'waiting' | 'published' | 'withdrawn'
  version: number
  by: string
  /** How the name is written in English; empty where nobody has said so. */
  by_en: string
  mine: boolean
  approved_by: string
  approved_by_en: string
  asked_at: string | null
  /** Whether another person has to look before it goes out. */
  second: boolean
  actions: { verb: string; zh: string; en: string; note: boolean }[]
}

export interface Choice {
  key: string
  zh: string
  en: string
}

export interface Desk {
  items: Card[]
  categories: Choice[]
  severities: Choice[]
}

export interface Division {
  area: string
  level: number
  name_zh: string
  name_en: string
  parent_area: string
}

export type Where = 'areas' | 'spot' | 'outline'

/** What the form holds: moments as the city's clock writes them, corners as lines of "lon, lat". */
export interface Draft {
  category: string
  severity: string
  title_zh: string
  title_en: string
  text_zh: string
  text_en: string
  areas: string[]
  from: string
  until: string
  where: Where
  lon: number | null
  lat: number | null
  radiusM: number
  corners: string
}

const COUNTY_DIGITS = 6
const CITY_DIGITS = 4
const COUNTY_LEVEL = 3
const TOWNSHIP_LEVEL = 4
const DECIMALS = 6
const RADIUS_M = 300
const HOURS_8 = 8 * 3600_000

/** A moment as a field of the browser takes it, by the city's clock. */
export const localOf = (at: string | number): string => new Date(at).toLocaleString('sv-SE', { timeZone: CITY_ZONE }).slice(0, 16).replace(' ', 'T')

/** Who wrote or approved it in the reader's language: the person's own English name, else what the seat is called. */
export const personWords = (name: string, english: string): string => (language.value === 'en' && english) || seatName(name)

/** An empty form: from the next full hour on, for eight hours. */
export function blank(now: number): Draft {
  const from = Math.ceil(now / 3600_000) * 3600_000
  return { category: 'water', severity: 'Minor', title_zh: '', title_en: '', text_zh: '', text_en: '', areas: [], from: localOf(from), until: localOf(from + HOURS_8), where: 'areas', lon: null, lat: null, radiusM: RADIUS_M, corners: '' }
}

/** The form of one that is written already. */
export function draftOf(card: Card): Draft {
  const shape = card.shape
  const { category, severity, title_zh, title_en, text_zh, text_en } = card
  return {
    category, severity, title_zh, title_en, text_zh, text_en,
    areas: card.areas.map((area) => area.code), from: localOf(card.starts_at), until: localOf(card.ends_at),
    where: shape === null ? 'areas' : shape.type === 'Point' ? 'spot' : 'outline',
    lon: shape?.type === 'Point' ? shape.coordinates[0]! : null, lat: shape?.type === 'Point' ? shape.coordinates[1]! : null, radiusM: card.radius_m ?? RADIUS_M,
    corners: shape?.type === 'Polygon' ? shape.coordinates[0]!.slice(0, -1).map(([lon, lat]) => cornerWords(lon!, lat!)).join('\n') : '',
  }
}

/** One corner as a line. */
export const cornerWords = (lon: number, lat: number): string => `${lon.toFixed(DECIMALS)}, ${lat.toFixed(DECIMALS)}`

/** The corners of the lines that hold two numbers; others are left out. */
export function cornersOf(text: string): [number, number][] {
  return text.split('\n').flatMap((line): [number, number][] => {
    const [lon, lat] = line.split(',').map((part) => (part.trim() === '' ? NaN : Number(part)))
    return Number.isFinite(lon) && Number.isFinite(lat) ? [[lon!, lat!]] : []
  })
}

/** More than one county is told, so another person has to look first; the server draws the same line. */
export const needsSecond = (areas: readonly string[]): boolean => areas.some((area) => area.length < COUNTY_DIGITS) || new Set(areas.map((area) => area.slice(0, COUNTY_DIGITS))).size > 1

const moment = (local: string): string => `${local}:00+08:00`

/** What the server is sent. */
export function bodyOf(draft: Draft): Record<string, unknown> {
  const { category, severity, title_zh, title_en, text_zh, text_en, areas } = draft
  const where = draft.where === 'spot' ? { lon: draft.lon, lat: draft.lat, radius_m: draft.radiusM } : draft.where === 'outline' ? { ring: cornersOf(draft.corners) } : {}
  return { category, severity, title_zh, title_en, text_zh, text_en, areas, starts_at: moment(draft.from), ends_at: moment(draft.until), ...where }
}

/** The doors of those in charge. */
export class AnnouncementDoors {
  constructor(private readonly client: ApiClient) {}

  desk = (): Promise<Desk> => this.client.get('/announcements/desk')
  write = (draft: Draft, key: string): Promise<Card> => this.client.post('/announcements', bodyOf(draft), { key })
  change = (card: Card, draft: Draft): Promise<Card> => this.client.put(`/announcements/${card.id}`, { ...bodyOf(draft), version: card.version })
  step = (card: Card, verb: string, note: string, key: string): Promise<Card> => this.client.post(`/announcements/${card.id}/steps`, { verb, note, version: card.version }, { key })
  /** The city round a point with its counties and townships, the widest first. */
  divisions = async ([lon, lat]: readonly [number, number]): Promise<Division[]> => {
    const { city } = await this.client.get<{ city: { code: string; zh: string; en: string } | null }>('/places/at', { lon, lat })
    if (!city) return []
    const under = city.code.slice(0, CITY_DIGITS)
    const [counties, townships] = await Promise.all([COUNTY_LEVEL, TOWNSHIP_LEVEL].map((level) => this.client.get<Division[]>('/places/divisions', { under, level })))
    return [{ area: under, level: 2, name_zh: city.zh, name_en: city.en, parent_area: '' }, ...counties!, ...townships!]
  }
}
