import type { ApiClient } from '../api/client'
import type { CaseAction, CasePhoto, CaseRow, HistoryEntry, LoopStep, Session } from '../api/types'

/** What a reporter may see of the case that became of a report. */
export interface ReportCard extends CaseRow {
  text: string
  photos: CasePhoto[]
  history: HistoryEntry[]
  loop: LoopStep[]
  actions: CaseAction[]
  rating?: number | null
  /** Whether the reader joined a case that somebody else had reported. */
  joined?: boolean
}

/** An open case near a point, as anybody may see it. */
export interface NearReport {
  number: string
  title: string
  class_zh: string | null
  class_en: string | null
  state: string
  state_zh: string
  state_en: string
  urgency: CaseRow['urgency']
  address: string | null
  place_zh?: string
  place_en?: string
  lon: number
  lat: number
  distance_m: number
  opened_at: string
  due_at: string | null
  closed_at: string | null
  photo: string | null
  reports: number
}

/** A class that words may be about; `confidence` 0..1. */
export interface LikelyClass {
  class_kind: string
  code: string
  zh: string
  en: string
  confidence: number
}

/** How long cases of a class took in an area, natural seconds; the slow tenth is not known while too many wait. */
export interface Expectation {
  level: 'township' | 'county' | 'city'
  area: string
  area_zh: string
  area_en: string
  days: number
  done: number
  waiting: number
  duration_s_p50: number
  duration_s_p90: number | null
}

/** The doors of residents: no account is needed for a report or, with its secret, for following it. */
export class ReportDoors {
  constructor(private readonly client: ApiClient) {}

  mine = (): Promise<{ items: CaseRow[] }> => this.client.get('/reports/mine')
  card = (number: string, secret: string): Promise<ReportCard> => this.client.get(`/reports/${number}`, { secret })
  near = (lon: number, lat: number, classKind: string, classCode: string): Promise<{ items: NearReport[] }> =>
    this.client.get('/reports/near', { lon, lat, class_kind: classKind, class_code: classCode })
  suggest = (text: string): Promise<{ items: LikelyClass[]; none: boolean }> => this.client.post('/reports/suggest', { text })
  expectation = (lon: number, lat: number, classKind: string, classCode: string): Promise<{ expectation: Expectation | null }> =>
    this.client.get('/reports/expectation', { lon, lat, class_kind: classKind, class_code: classCode })
  phoneCode = (phone: string): Promise<unknown> => this.client.post('/session/phone', { phone })
  phoneVerify = (phone: string, code: string): Promise<Session> => this.client.post('/session/phone/verify', { phone, code })
}

