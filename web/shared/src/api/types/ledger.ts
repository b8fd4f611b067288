/** Shapes of the JSON doors: the ledger and its proofs. */

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
