import type { CaseRow, Urgency } from '../api/types'

/** A status has a colour token and a shape of its own; never colour alone. */
export type Status = 'critical' | 'high' | 'medium' | 'info' | 'ok' | 'offline'

export interface Shape {
  path: string
  /** Line width when the shape is drawn as a line in its 16 x 16 box; 0 = filled. */
  line: number
}

/** Octagon, triangle, diamond, circle, check, hollow, in a 16 x 16 box. */
export const SHAPES: Record<Status, Shape> = {
  critical: { path: 'M5 1h6l4 4v6l-4 4H5l-4-4V5z', line: 0 },
  high: { path: 'M8 1.2 15.4 14.4H.6z', line: 0 },
  medium: { path: 'M8 .6 15.4 8 8 15.4.6 8z', line: 0 },
  info: { path: 'M8 1.4a6.6 6.6 0 1 0 0 13.2A6.6 6.6 0 0 0 8 1.4z', line: 0 },
  ok: { path: 'M2 8.6 6.2 12.8 14 3.8', line: 2.6 },
  offline: { path: 'M8 2.2a5.8 5.8 0 1 0 0 11.6A5.8 5.8 0 0 0 8 2.2z', line: 2 },
}

export const STATUSES = Object.keys(SHAPES) as Status[]

const OF_URGENCY: Record<Urgency, Status> = { emergency: 'critical', urgent: 'high', normal: 'medium', planned: 'info' }

/** How a case is drawn: by urgency while open, a check when it came to its end, hollow when it was dropped. */
export function statusOf(row: Pick<CaseRow, 'urgency' | 'state' | 'closed_at'>): Status {
  if (row.state === 'closed') return 'ok'
  if (row.closed_at !== null) return 'offline'
  return OF_URGENCY[row.urgency] ?? 'medium'
}
