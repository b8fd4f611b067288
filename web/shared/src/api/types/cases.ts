/** Shapes of the JSON doors: cases: rows, cards, photos, history. */
import type { Urgency } from './site'
import type { CaseAction } from './loop'

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
  /** Compass degrees the camera looked to, and metres of the position, where they are known. */
  heading_deg?: number | null
  accuracy_m?: number | null
  /** In a report as its reporter sees it: whether they sent this photo. */
  own?: boolean
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

export interface CaseLink {
  number: string
  title?: string
  state_zh?: string
  state_en?: string
  unit_zh?: string | null
  unit_en?: string | null
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
  /** The case that asks why its component fails again and again. */
  root_cause: string | null
  /** The failures that this root-cause case explains. */
  explains: CaseLink[]
  /** Only on a card that was opened; the answer to a step leaves it out. */
  fixture: Fixture | null
  incident: IncidentSummary | null
  duplicates: Candidate[]
  rating: number | null
  actions: CaseAction[]
}

/** A component with its warranty and its past. */
export interface Fixture {
  code: string
  name: string
  lon: number
  lat: number
  state_zh: string
  state_en: string
  owner: { id: number; zh: string; en: string } | null
  maintainer: { id: number; zh: string; en: string } | null
  installed_on: string | null
  warranty: { contractor: string; until: string; runs: boolean; zh: string; en: string } | null
  failures_90_days: number
  failures_12_months: number
  open: { number: string; state_zh: string; state_en: string; class_zh: string; class_en: string; opened_at: string }[]
  repairs: { number: string; closed_at: string; said: string; unit_zh: string; unit_en: string; class_zh: string; class_en: string }[]
  root_cause: string | null
}

/** How the reporters of an incident stand at one stage. */
export interface AnswerStage {
  stage: string
  zh: string
  en: string
  due: number
  told: number
  waiting: number
  failed: number
  unreachable: number
  forgotten: number
  channels: Record<string, number>
}

/** How many reported an incident, and whether they were answered. */
export interface IncidentSummary {
  reporters: number
  original: number
  joined: number
  merged: number
  unreachable: number
  stages: AnswerStage[]
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
