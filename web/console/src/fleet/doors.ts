import type { ApiClient } from '@shared/api/client'

/** The doors of the register, fences, rules and permits, and what they answer. */
export interface Named { code: string; zh: string; en: string }
export interface Param { name: string; zh: string; en: string; unit: string; least: number; most: number; usual: number | null; needed: boolean; source: string; confidence: string; form: 'number' | 'flag' | 'hours' | 'some'; choices: string[] }
export interface RuleShape extends Named { fences: 'needed' | 'may' | 'none'; params: Param[] }
export interface Kinds { vehicles: Named[]; permits: Named[]; colours: Named[]; rules: RuleShape[]; protocols: string[]; severities: Severity[] }
export type Severity = 'critical' | 'high' | 'medium' | 'info'
export type Hours = [day: number, from: string, to: string]

export interface VehicleRow {
  id: number; plate: string; plate_colour: number; colour_zh: string; colour_en: string; kind: string; kind_zh: string; kind_en: string; firm: string; area: string; lists: string[]
  in_service: boolean; speed_limit_kmh: number | null; synthetic: boolean; has_terminal: boolean; last_at: string | null
}
export interface Terminal { id: number; protocol: string; name: string; vehicle_id: number | null; maker: string; model: string; device: string; edition: number | null; blocked: boolean; has_code: boolean; frames_per_min_max: number; last_seen_at: string | null; last_address: string; plate?: string }
export interface PermitRow { number: string; kind: string; vehicle_id: number; plate?: string; fences: string[]; weekly: Hours[]; issuer: string; valid_from: string; valid_to: string; revoked_at: string | null; revoked_why: string; state: 'valid' | 'coming' | 'over' | 'revoked'; synthetic: boolean }
export interface RouteRow { id: number; number: string; vehicle_id: number; plate?: string; width_m: number; starts_at: string; ends_at: string; document: string; line: [number, number][]; synthetic: boolean }
export interface VehicleCard extends VehicleRow {
  version: number; note: string; vin: string; registered_at: string; changed_at: string
  terminals: Terminal[]; permits: PermitRow[]; routes: RouteRow[]; last: { at: string; lon: number; lat: number; speed_kmh: number; heading: number; marks: number } | null
}
/** A rule as it stands beside what it names. */
export interface NamedRule { code: string; kind: string; name_zh: string; name_en: string; severity: Severity }
export type FenceShape = 'area' | 'circle' | 'corridor'
export interface FenceRow {
  id: number; code: string; version: number; name_zh: string; name_en: string; shape: FenceShape; geometry: GeoJSON.Geometry; radius_m: number | null; width_m: number | null; area: string; note: string
  valid_from: string; valid_to: string | null; in_force: boolean; rules: NamedRule[]; synthetic: boolean
  versions?: FenceRow[]; notes?: { zh: string; en: string }[]
}
export interface RuleWords {
  code: string; kind: string; name_zh: string; name_en: string; fences: string[]; kinds: string[]; firms: string[]; lists: string[]; plates: string[]; params: Record<string, unknown>; weekly: Hours[]
  holidays: '' | 'only' | 'never'; occasion: string; permit_kinds: string[]; severity: Severity; case_class: string; source: string; confidence: string; area: string
}
export interface Proposal { id: number; code: string; base_version: number | null; ends: boolean; said: Partial<RuleWords>; why: string; state: string; by: string; by_id: number; at: string; decided_by: string; decided_at: string | null; note: string; own?: boolean }
export interface RuleRow extends RuleWords {
  id: number; version: number; kind_zh: string; kind_en: string; words_zh: string; words_en: string; valid_from: string; valid_to: string | null; in_force: boolean; synthetic: boolean
  concerned?: number; versions?: RuleRow[]; proposals?: Proposal[]
}
export interface Occasion { code: string; name_zh: string; name_en: string; spans: [string, string][]; rules: NamedRule[] }
export interface VehicleList { code: string; name_zh: string; name_en: string; note: string; vehicles: number; rules: NamedRule[] }
/** `own` are the plates that the asker may take off; `version` is another one when other vehicles stand on it. */
export interface ListCard extends VehicleList { plates: string[]; own: string[]; version: number; added?: number; gone?: number }
export interface ReadPlates { vehicles: number; twice: number; added: number; gone: number; wrong_count: number; wrong: { line: number; text: string; zh: string; en: string }[] }
export interface Stranger { id: number; protocol: string; name: string; address: string; reason: string; said_zh: string; said_en: string; first_at: string; last_at: string; times: number }
export interface Page<T> { items: T[]; next: string | null; counts?: Record<string, number> }
export type Filter = Record<string, string | number | undefined>

export const CHANGING = ['supervisor', 'admin']

export class FleetDoors {
  constructor(readonly client: ApiClient) {}

  kinds(): Promise<Kinds> { return this.client.get('/fleet/kinds') }
  vehicles(filter: Filter): Promise<Page<VehicleRow>> { return this.client.get('/fleet/vehicles', filter) }
  vehicle(id: number): Promise<VehicleCard> { return this.client.get(`/fleet/vehicles/${id}`) }
  register(said: object): Promise<VehicleCard> { return this.client.post('/fleet/vehicles', said) }
  change(id: number, said: object, version: number): Promise<VehicleCard> { return this.client.patch(`/fleet/vehicles/${id}`, said, { version }) }
  bind(said: object): Promise<Terminal> { return this.client.post('/fleet/terminals', said) }
  unbind(id: number): Promise<Terminal> { return this.client.post(`/fleet/terminals/${id}/unbind`, {}) }
  block(id: number, blocked: boolean, why: string): Promise<Terminal> { return this.client.patch(`/fleet/terminals/${id}`, { blocked, why }) }
  newCode(id: number): Promise<{ code: string }> { return this.client.post(`/fleet/terminals/${id}/code`, {}) }
  lists(): Promise<Page<VehicleList>> { return this.client.get('/fleet/lists') }
  list(code: string): Promise<ListCard> { return this.client.get(`/fleet/lists/${encodeURIComponent(code)}`) }
  nameList(code: string, said: object): Promise<unknown> { return this.client.put(`/fleet/lists/${encodeURIComponent(code)}`, said) }
  checkList(code: string, lines: string[], signal?: AbortSignal): Promise<ReadPlates> { return this.client.post('/fleet/lists/check', { code, lines }, { signal }) }
  fillList(code: string, lines: string[], version?: number): Promise<ListCard> { return this.client.put(`/fleet/lists/${encodeURIComponent(code)}/vehicles`, { lines }, { version }) }
  dropList(code: string): Promise<void> { return this.client.delete(`/fleet/lists/${encodeURIComponent(code)}`) }
  strangers(filter: Filter): Promise<Page<Stranger>> { return this.client.get('/fleet/strangers', filter) }
  forget(id: number): Promise<void> { return this.client.delete(`/fleet/strangers/${id}`) }
  fences(filter: Filter): Promise<Page<FenceRow>> { return this.client.get('/fleet/fences', filter) }
  fence(code: string): Promise<FenceRow> { return this.client.get(`/fleet/fences/${encodeURIComponent(code)}`) }
  check(said: object, signal?: AbortSignal): Promise<{ area_m2: number; notes: { zh: string; en: string }[] }> { return this.client.post('/fleet/fences/check', said, { signal }) }
  draw(said: object): Promise<FenceRow> { return this.client.post('/fleet/fences', said) }
  redraw(code: string, said: object, version: number): Promise<FenceRow> { return this.client.patch(`/fleet/fences/${encodeURIComponent(code)}`, said, { version }) }
  endFence(code: string, why: string, version: number): Promise<FenceRow> { return this.client.post(`/fleet/fences/${encodeURIComponent(code)}/end`, { why }, { version }) }
  /** What a shape would have told in the last two hours. */
  askPast(said: object): Promise<unknown> { return this.client.post('/fleet/fences/ask', said) }
  rules(filter: Filter): Promise<Page<RuleRow>> { return this.client.get('/fleet/rules', filter) }
  rule(code: string): Promise<RuleRow> { return this.client.get(`/fleet/rules/${encodeURIComponent(code)}`) }
  preview(said: object, signal?: AbortSignal): Promise<{ words_zh: string; words_en: string; concerned: number }> { return this.client.post('/fleet/rules/preview', said, { signal }) }
  write(said: object): Promise<{ rule: RuleRow | null; proposal: Proposal | null }> { return this.client.post('/fleet/rules', said) }
  rewrite(code: string, said: object, version: number): Promise<{ rule: RuleRow | null; proposal: Proposal | null }> { return this.client.patch(`/fleet/rules/${encodeURIComponent(code)}`, said, { version }) }
  endRule(code: string, why: string, version: number): Promise<{ rule: RuleRow | null; proposal: Proposal | null }> { return this.client.post(`/fleet/rules/${encodeURIComponent(code)}/end`, { why }, { version }) }
  proposals(): Promise<Page<Proposal>> { return this.client.get('/fleet/rule-proposals') }
  decide(id: number, verdict: 'confirm' | 'reject' | 'withdraw', note: string): Promise<Proposal> { return this.client.post(`/fleet/rule-proposals/${id}/${verdict}`, { note }) }
  occasions(): Promise<Page<Occasion>> { return this.client.get('/fleet/occasions') }
  putOccasion(code: string, said: object): Promise<Occasion> { return this.client.put(`/fleet/occasions/${encodeURIComponent(code)}`, said) }
  dropOccasion(code: string): Promise<void> { return this.client.delete(`/fleet/occasions/${encodeURIComponent(code)}`) }
  permits(filter: Filter): Promise<Page<PermitRow>> { return this.client.get('/fleet/permits', filter) }
  issue(said: object): Promise<PermitRow> { return this.client.post('/fleet/permits', said) }
  revoke(number: string, why: string): Promise<PermitRow> { return this.client.post(`/fleet/permits/${encodeURIComponent(number)}/revoke`, { why }) }
  routes(filter: Filter): Promise<Page<RouteRow>> { return this.client.get('/fleet/routes', filter) }
  declare(said: object): Promise<RouteRow> { return this.client.post('/fleet/routes', said) }
  withdraw(number: string): Promise<void> { return this.client.post(`/fleet/routes/${encodeURIComponent(number)}/withdraw`, {}) }
}
