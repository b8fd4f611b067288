/** Shapes of the JSON doors: the loop, its classes and the forms of its steps. */
import type { Urgency } from './site'

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

/** The loop as the server keeps it: what states there are, which verb leads where. */
export interface Loop {
  states: { state: string; zh: string; en: string; open: boolean; paused: boolean; acknowledged: boolean }[]
  steps: { from: string; verb: string; to: string[]; zh: string; en: string; duties: string[] }[]
  diagram: string
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
