import type { ApiClient, Query } from '@shared/api/client'
import type { Status } from '@shared/ui/status'

export interface WarningRow {
  id: number
  key: string
  stage: 'suspected' | 'confirmed' | 'ended' | 'withdrawn'
  stage_zh: string
  stage_en: string
  rule_code: string
  rule_version: number
  rule_zh: string
  rule_en: string
  rule_kind: string
  rule_kind_zh: string
  rule_kind_en: string
  severity: Extract<Status, 'critical' | 'high' | 'medium' | 'info'>
  fence_code: string
  fence_version: number | null
  fence_zh: string
  fence_en: string
  vehicle_id: number
  plate: string
  vehicle_kind: string
  kind_zh: string
  kind_en: string
  firm: string
  lon: number
  lat: number
  place_zh: string
  place_en: string
  suspected_at: string
  confirmed_at: string | null
  ended_at: string | null
  received_at: string
  decided_at: string
  delivered_at: string | null
  late: boolean
  acknowledged_at: string | null
  acknowledged_by: string
  shelved_until: string | null
  shelf_reason: string
  false_reason: string
  false_note: string
  case_number: string
  synthetic: boolean
}

export interface UsedFix {
  at_ms: number
  lon: number
  lat: number
  speed: number
  serial: number
}

export interface WarningCard extends WarningRow {
  positions: UsedFix[]
  permit: Record<string, unknown>
  detail: Record<string, unknown>
  rule: { code: string; version: number; name_zh: string; name_en: string; said_zh: string; said_en: string; source: string; confidence: string } | null
  fence: { code: string; version: number; shape: 'area' | 'circle' | 'corridor'; geometry: GeoJSON.Geometry; radius_m: number | null; width_m: number | null } | null
  rate: { confirmed: number; false: number; share: number | null; days: number }
  false_reasons: { code: string; zh: string; en: string }[]
  times: Record<'device' | 'gateway' | 'decision' | 'desk', string | null>
  took: { to_gateway_s: number | null; to_decision_s: number | null; to_desk_s: number | null }
}

/** The doors of warnings. */
export class WarningDoors {
  constructor(private readonly client: ApiClient) {}

  list = (query: Query, signal?: AbortSignal): Promise<{ items: WarningRow[]; next: number | null }> => this.client.get('/fleet/warnings', query, signal)
  card = (id: number): Promise<WarningCard> => this.client.get(`/fleet/warnings/${id}`)
  acknowledge = (id: number): Promise<WarningRow> => this.client.post(`/fleet/warnings/${id}/acknowledge`, {})
  shelve = (id: number, reason: string, until: string): Promise<WarningRow> => this.client.post(`/fleet/warnings/${id}/shelve`, { reason, until })
  callFalse = (id: number, reason: string, note: string): Promise<WarningRow> => this.client.post(`/fleet/warnings/${id}/false`, { reason, note })
  makeCase = (id: number): Promise<WarningRow> => this.client.post(`/fleet/warnings/${id}/case`, {})
}
