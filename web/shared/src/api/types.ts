/** Shapes of the JSON doors, as the server answers them. Times are ISO 8601 with offset, positions WGS-84 degrees. */

export type Language = 'zh' | 'en'
export type Urgency = 'emergency' | 'urgent' | 'normal' | 'planned'

export interface DemoLogin {
  login: string
  password: string
  name: string
  duty: string
  duty_zh?: string
  duty_en?: string
  unit_zh?: string | null
  unit_en?: string | null
}

export interface Site {
  city_zh: string
  city_en: string
  live_url: string | null
  basemap: Basemap
  center: [number, number]
  bounds: [number, number, number, number]
  languages: Language[]
  demo: boolean
  oidc?: boolean
  demo_logins?: DemoLogin[]
}

export interface Basemap {
  pmtiles?: string | null
  wmts?: string | null
  /** Words shown on the map when its streets are not the real ones. */
  badge?: string | null
  badge_zh?: string | null
  badge_en?: string | null
  attribution?: string | null
}

export interface Grant {
  id: number
  duty: string
  duty_name?: string
  area: string
  area_name: string
  unit_id: number | null
  unit_name: string | null
  valid_from?: string | null
  valid_to: string | null
  person_id?: number
  person_name?: string
  granted_by?: string | null
  delegated_from?: number | null
}

export interface Session {
  person: { id: number; name: string; title: string; totp?: boolean } | null
  grants: Grant[]
  language: Language
}

export interface Unit {
  id: number
  code: string
  path: string
  kind: string
  name_zh: string
  name_en: string
  area: string
  parent_id: number | null
}

export interface Person {
  id: number
  login: string | null
  name: string
  title: string
  unit_id: number | null
  unit_zh: string | null
  unit_en: string | null
  active: boolean
  totp: boolean
}

export interface NewPerson {
  login: string
  name: string
  title: string
  unit_id: number | null
  password: string
}

export interface NewGrant {
  person_id: number
  duty: string
  area: string
  unit_id: number | null
  valid_from: string | null
  valid_to: string | null
}

export interface Delegation {
  person_id: number
  valid_to: string
}

export interface TotpEnrolment {
  uri: string
  svg: string
  secret: string
}

export interface ApiKey {
  id: number
  prefix: string
  name: string
  scopes: string[]
  area: string
  created_at: string
  valid_to: string | null
  revoked_at: string | null
}

export interface FilingRule {
  rule_no: number
  condition_zh: string
  condition_en: string
  limit: number | string | null
  unit: string
}

export interface CaseClass {
  kind: string
  code: string
  name_zh: string
  name_en: string
  class_zh: string
  class_en: string
  dept_kind: string
  urgency: Urgency
  confidence?: string
  rules: FilingRule[]
}

export interface CaseRow {
  number: string
  version: number
  state: string
  state_zh: string
  state_en: string
  class_code: string | null
  class_kind: string | null
  class_zh: string | null
  class_en: string | null
  urgency: Urgency
  title: string
  place: string
  place_zh: string
  place_en: string
  address: string | null
  unit_id: number | null
  unit_zh: string | null
  unit_en: string | null
  lon: number
  lat: number
  opened_at: string
  due_at: string | null
  stage_due_at: string | null
  closed_at: string | null
  paused: boolean
  late: boolean
  acknowledged: boolean
  photo: string | null
  reports: number
  /** How many desks up it was escalated. */
  level?: number
  synthetic: boolean
}

export interface CasePage {
  items: CaseRow[]
  next: string | null
}

/** The figures at the head of the desk. */
export interface DeskCounts {
  open: number
  mine: number
  unacknowledged: number
  due: number
  late: number
  paused: number
  states: Record<string, number>
  opened_today: number
  closed_today: number
}

/** One line of who did what to a case and who looked at it. */
export interface CaseLedgerLine {
  position: number
  at: string
  actor: string
  action: string
  action_zh: string
  action_en: string
  looked: boolean
  detail: Record<string, unknown>
}

export type QueueView = 'all' | 'mine' | 'unacknowledged' | 'due' | 'late'

export interface CaseQuery {
  view?: QueueView
  state?: string
  unit?: number
  place?: string
  class?: string
  q?: string
  since?: string
  until?: string
  box?: string
  sort?: '-id' | 'due'
  limit?: number
  cursor?: string
}

export interface CasePhoto {
  id: string
  kind: 'report' | 'verify' | 'handle' | 'check'
  thumb: string
  url: string
  lon: number | null
  lat: number | null
  taken_at: string | null
  by: string | null
}

export interface HistoryEntry {
  seq: number
  at: string
  verb: string
  verb_zh: string
  verb_en: string
  from: string | null
  to: string | null
  by: string | null
  duty?: string | null
  duty_zh?: string
  duty_en?: string
  unit_zh: string | null
  unit_en: string | null
  note: string | null
  photos: { id: string; thumb: string; url: string }[]
  fields: Record<string, unknown> | null
}

export interface LoopStep {
  state: string
  zh: string
  en: string
  at: string | null
  done: boolean
  current: boolean
}

/** The loop as the server keeps it: what states there are, which verb leads where. */
export interface Loop {
  states: { state: string; zh: string; en: string; open: boolean; paused: boolean; acknowledged: boolean }[]
  steps: { from: string; verb: string; to: string[]; zh: string; en: string; duties: string[] }[]
  diagram: string
}

export interface CaseLink {
  number: string
  title?: string
  state_zh?: string
  state_en?: string
  unit_zh?: string | null
  unit_en?: string | null
}

export type FieldKind =
  | 'text' | 'photos' | 'unit' | 'units' | 'class' | 'rule' | 'reason' | 'hours'
  | 'datetime' | 'case' | 'rating' | 'return_rule'

export interface FieldOption {
  value: string | number
  zh: string
  en: string
  /** Why routing suggests this unit. */
  why_zh?: string
  why_en?: string
  /** Limit of a filing rule and its unit of time. */
  limit?: number | null
  unit?: string
  /** Hours a reason for suspending may take, and the proof it needs. */
  budget_hours?: number | null
  proof?: string | null
}

export interface ActionField {
  name: string
  kind: FieldKind
  required: boolean
  min?: number | null
  max?: number | null
  options?: FieldOption[] | null
  /** What the case has already. */
  value?: string | number | null
  zh: string
  en: string
}

export interface CaseAction {
  verb: string
  zh: string
  en: string
  key: string | null
  primary: boolean
  duty: string
  fields: ActionField[]
}

export interface CaseClock {
  due_at: string | null
  stage_due_at: string | null
  stage: string | null
  limit: number | null
  unit: string | null
  unit_zh: string
  unit_en: string
  started_at: string | null
  paused_s: number
  segments: { state: string; from: string; until: string | null; paused: boolean }[]
}

export interface Reporter {
  name: string
  contact: string
  person_id: number | null
  at: string
  /** Reported a case that was merged into this one. */
  merged: boolean
  masked: boolean
}

export interface CaseRule {
  rule_no: number | null
  condition_zh: string
  condition_en: string
  closing_zh: string
  closing_en: string
  limit: number | null
  unit: string | null
  tier: string
  version: string | number | null
  confidence: string
  [more: string]: unknown
}

/** Why the case is where it is; `decided` is false before it was dispatched. */
export interface Routing {
  rule: string | number | null
  version: string | number | null
  why_zh: string
  why_en: string
  grant: string | number | Record<string, unknown> | null
  suggested: number | null
  suggested_zh: string
  suggested_en: string
  decided: boolean
}

export interface CaseCard extends CaseRow {
  text: string
  source: string
  reporter: Reporter[]
  chain_zh: string
  chain_en: string
  grid: string | null
  component: string | null
  rule: CaseRule | null
  routing: Routing | null
  clock: CaseClock | null
  photos: CasePhoto[]
  history: HistoryEntry[]
  loop: LoopStep[]
  children: CaseLink[]
  parent: string | null
  merged_into: string | null
  merged: string[]
  duplicates: Candidate[]
  rating: number | null
  actions: CaseAction[]
}

/** A case nearby that may be the same problem, with the reason in the reader's language. */
export interface Candidate {
  number: string
  version: number
  title: string
  state: string
  state_zh: string
  state_en: string
  class_zh: string
  class_en: string
  unit_zh: string
  unit_en: string
  opened_at: string
  photo: string | null
  reports: number
  distance_m: number
  likely: boolean
  why: string
}

export interface UploadedPhoto {
  id: string
  thumb: string
  url: string
  lon: number | null
  lat: number | null
  taken_at: string | null
}

export interface NewCase {
  text: string
  lon: number
  lat: number
  class_kind?: string
  class_code?: string
  rule_no?: number
  address?: string
  photos: string[]
  source: string
  contact?: { name: string; phone: string }
}

export interface CodedName {
  code: string
  zh: string
  en: string
}

export interface PlaceAt {
  cell: CodedName | null
  grid: CodedName | null
  village: CodedName | null
  township: CodedName | null
  county: CodedName | null
  city: CodedName | null
  chain_zh: string
  chain_en: string
  place: string
  unit_id: number | null
  address?: string | null
}

export interface PlaceHit {
  kind: string
  code: string
  name_zh: string
  name_en: string
  detail_zh?: string
  detail_en?: string
  lon: number
  lat: number
}

export interface LiveEvent {
  position: number
  at: string
  kind: string
  number?: string
  version?: number
  state?: string
  urgency?: Urgency
  place?: string
  unit_id?: number | null
  lon?: number
  lat?: number
  due_at?: string | null
  stage_due_at?: string | null
}

export interface EventPage {
  items: LiveEvent[]
  position: number
}

export interface Notice {
  id: number
  kind: string
  subject: string
  title: string
  text: string
  at: string
  read: boolean
}

export interface LedgerEntry {
  position: number
  at: string
  actor_id: number | null
  actor_name: string
  via: string
  purpose: string
  action: string
  subject: string
  area: string
  unit_id: number | null
  looked: boolean
  detail: Record<string, unknown>
}

export interface LedgerPage {
  items: LedgerEntry[]
  next: number | null
}

export interface LedgerQuery {
  subject?: string
  action?: string
  actor?: number
  looked?: boolean
  before?: number
  after?: number
  limit?: number
}

/** A signed statement of size and root; `note` is C2SP text, root in base64. */
export interface Checkpoint {
  size: number
  root: string
  algorithm: string
  at: string
  note: string
  witnesses: string[]
}

/** Inclusion proof of RFC 9162, 2.1.3: hashes in base64, lowest first. */
export interface LedgerProof {
  position: number
  size: number
  leaf: string
  root: string
  hashes: string[]
  algorithm: string
}

/** Consistency proof of RFC 9162, 2.1.4. */
export interface LedgerConsistency {
  first: number
  second: number
  first_root: string
  second_root: string
  hashes: string[]
  algorithm: string
}
