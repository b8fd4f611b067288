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

/** The doors of residents: no account is needed for a report or, with its secret, for following it. */
export class ReportDoors {
  constructor(private readonly client: ApiClient) {}

  mine = (): Promise<{ items: CaseRow[] }> => this.client.get('/reports/mine')
  card = (number: string, secret: string): Promise<ReportCard> => this.client.get(`/reports/${number}`, { secret })
  near = (lon: number, lat: number, classKind: string, classCode: string): Promise<{ items: NearReport[] }> =>
    this.client.get('/reports/near', { lon, lat, class_kind: classKind, class_code: classCode })
  phoneCode = (phone: string): Promise<unknown> => this.client.post('/session/phone', { phone })
  phoneVerify = (phone: string, code: string): Promise<Session> => this.client.post('/session/phone/verify', { phone, code })
}

