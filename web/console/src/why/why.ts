/** What the door of the "why" page answers. */
export interface Why {
  number: string
  title: string
  at: string
  masters_version: number
  sent: Sent[]
  ways: Way[]
  segments: Segment[]
  forecast: { late_probability: number; at: string; why: { code: string; zh: string; en: string }[] } | null
  replays: Replayed[]
}

/** One time that somebody gave the case to a unit. */
export interface Sent {
  at: string
  verb: string
  by: string
  duty_zh: string
  duty_en: string
  note: string
  unit_zh: string
  unit_en: string
  grant_id: number | null
  grant_area: string | null
  grant_from: string | null
  grant_to: string | null
}

/** One way by which the rules could send it. */
export interface Way {
  kind: 'rule' | 'owner' | 'department'
  decides: boolean
  chosen: boolean
  rule: number | null
  version: number | null
  priority: number | null
  area: string
  pattern: string
  note_zh: string
  note_en: string
  unit_zh: string
  unit_en: string
}

/** How long it stood in a state, and whether its limit stood still. */
export interface Segment {
  state: string
  from: string
  until: string | null
  paused: boolean
}

/** A simulation under whose proposal it would have gone elsewhere. */
export interface Replayed {
  simulation: number
  title: string
  at: string
  from_zh: string
  from_en: string
  to_zh: string
  to_en: string
}
