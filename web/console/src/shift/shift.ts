import type { ApiClient } from '@shared/api/client'
import type { Standing, Severity } from '../alarms/alarms'

/** What stands on the page of a hand-over; frozen with the first signature. */
export interface ShiftPage {
  at: string
  counts: { open: number; late: number; due: number; unacknowledged: number; paused: number; opened_today: number }
  pressing: ShiftCase[]
  pressing_more: boolean
  emergencies: ShiftCase[]
  alarms: ShiftAlarm[]
  alarm_counts: Record<string, number>
}

export interface ShiftCase {
  number: string
  title: string
  class_zh: string
  class_en: string
  state_zh: string
  state_en: string
  urgency: string
  place_zh: string
  place_en: string
  unit_zh: string
  unit_en: string
  due_at: string | null
  stage_due_at: string | null
  late: boolean
}

export interface ShiftAlarm {
  id: number
  severity: Severity
  standing: Standing
  standing_zh: string
  standing_en: string
  title_zh: string
  title_en: string
  subject: string
  raised_at: string
  acknowledged_by: string
}

export interface HandoverLine {
  id: number
  area: string
  sha256: string
  outgoing_id: number
  outgoing_name: string
  outgoing_at: string
  incoming_name: string
  incoming_at: string | null
  withdrawn_at: string | null
  took_s: number | null
}

export interface Handover extends HandoverLine {
  page: ShiftPage
  note: string
  incoming_note: string
  intact: boolean
}

export interface Signature {
  login: string
  password: string
  otp: string
  note: string
}

/** The doors of handing over. */
export class ShiftDoors {
  constructor(private readonly client: ApiClient) {}

  now = (): Promise<{ page: ShiftPage; waiting: Handover | null }> => this.client.get('/shifts/now')
  past = (before: number | null): Promise<{ items: HandoverLine[]; next: number | null }> => this.client.get('/shifts', { before })
  one = (id: number): Promise<Handover> => this.client.get(`/shifts/${id}`)
  handOver = (said: Signature): Promise<Handover> => this.client.post('/shifts', said)
  sign = (id: number, said: Signature): Promise<Handover> => this.client.post(`/shifts/${id}/sign`, said)
  withdraw = (id: number): Promise<Handover> => this.client.post(`/shifts/${id}/withdraw`, {})
}

/** The nearer deadline of a line of the page. */
export function firstDue(one: Pick<ShiftCase, 'due_at' | 'stage_due_at'>): string {
  const found = [one.due_at, one.stage_due_at].filter((at): at is string => at !== null)
  return found.sort((a, b) => Date.parse(a) - Date.parse(b))[0] ?? ''
}
