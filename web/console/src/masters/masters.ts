import { ref, type Ref } from 'vue'
import type { ApiClient } from '@shared/api/client'
import { listed, pick } from '@shared/i18n'

export interface Choice {
  code: string
  zh: string
  en: string
}

export type Kind = 'text' | 'words' | 'number' | 'whole' | 'choice' | 'many' | 'flag' | 'unit' | 'dept' | 'days' | 'periods'

export interface Field {
  name: string
  kind: Kind
  zh: string
  en: string
  moves: boolean
  may_be_empty: boolean
  most: number
  choices: Choice[]
}

export interface Table {
  name: string
  zh: string
  en: string
  key: Field[]
  fields: Field[]
  moves: boolean
  may_add: boolean
  may_end: boolean
  may_propose: boolean
  may_confirm: boolean
  waiting: number
}

export type Values = Record<string, unknown>

export interface Version {
  id: number | null
  values: Values
  version: number
  valid_from: string
  valid_to: string | null
  confidence: string
  source: string
}

export interface Row extends Version {
  key: string
  title_zh: string
  title_en: string
  in_force: boolean
  announced: Version | null
  waiting: number | null
}

export interface Former extends Version {
  made: { proposal: number; by: string; decided_by: string; why: string; note: string; at: string; decided_at: string | null } | null
}

export interface EffectLine {
  code: string
  zh: string
  en: string
  kind: 'count' | 'share' | 'text' | 'moment'
  before: number | string | null
  after: number | string | null
}

export interface Effect {
  lines: EffectLine[]
  notes: { zh: string; en: string }[]
  sample: { number: string; title: string; before_zh: string; before_en: string; after_zh: string; after_en: string }[]
}

export interface EffectAnswer extends Effect {
  four_eyes: boolean
  before: Values | null
  values: Values
}

export interface Proposal {
  id: number
  table: string
  key: string
  ends: boolean
  values: Values
  before: Values | null
  valid_from: string
  why: string
  four_eyes: boolean
  preview: Effect
  state: 'proposed' | 'scheduled' | 'in_force' | 'rejected' | 'withdrawn' | 'replaced'
  by_id: number
  by: string
  at: string
  decided_by: string
  decided_at: string | null
  note: string
}

export interface Wanted {
  table: string
  key: string
  values: Values
  ends: boolean
  valid_from: string | null
  why: string
}

export interface Day {
  day: string
  kind: 'holiday' | 'makeup' | 'ordinary'
  name: string
  local?: boolean
}

/** The doors of the masters. */
export class MastersDoors {
  constructor(private readonly client: ApiClient) {}

  tables = (signal?: AbortSignal): Promise<{ items: Table[] }> => this.client.get('/masters/tables', undefined, signal)
  rows = (table: string, signal?: AbortSignal): Promise<{ items: Row[] }> => this.client.get(`/masters/tables/${table}`, undefined, signal)
  versions = (table: string, key: string, signal?: AbortSignal): Promise<{ items: Former[] }> => this.client.get(`/masters/tables/${table}/versions`, { key }, signal)
  proposals = (query: { state?: string; table?: string; key?: string }, signal?: AbortSignal): Promise<{ items: Proposal[] }> => this.client.get('/masters/proposals', query, signal)
  waiting = (): Promise<{ count: number }> => this.client.get('/masters/proposals/waiting')
  preview = (wanted: Wanted, signal?: AbortSignal): Promise<EffectAnswer> => this.client.post('/masters/proposals/preview', wanted, { signal })
  propose = (wanted: Wanted): Promise<Proposal> => this.client.post('/masters/proposals', wanted)
  change = (id: number, wanted: Wanted): Promise<Proposal> => this.client.patch(`/masters/proposals/${id}`, wanted)
  decide = (id: number, verb: 'confirm' | 'reject' | 'withdraw', note: string): Promise<Proposal> => this.client.post(`/masters/proposals/${id}/${verb}`, { note })
}

/** How many proposals wait for the eyes of whoever is signed in; the rail shows it. */
export const waiting: Ref<number> = ref(0)

export async function readWaiting(client: ApiClient): Promise<void> {
  waiting.value = (await new MastersDoors(client).waiting()).count
}

export const tomorrowOf = (day: string): string => new Date(Date.parse(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10)

/** Rows whose key, title or values hold every word of the query. */
export function found(rows: readonly Row[], query: string): Row[] {
  const words = query.trim().toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return [...rows]
  return rows.filter((row) => {
    const text = [row.key, row.title_zh, row.title_en, ...Object.values(row.values).filter((value) => typeof value === 'string')].join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** What the form holds of a field: text for everything that is typed, so that a half-typed number stays as it is. */
export function held(field: Field, value: unknown): unknown {
  if (field.kind === 'flag') return value === true
  if (field.kind === 'many' || field.kind === 'days') return Array.isArray(value) ? value : []
  return value === null || value === undefined ? '' : String(value)
}

export const formOf = (table: Table, values: Values | null): Values => Object.fromEntries(table.fields.map((field) => [field.name, table.name === 'calendar' ? [] : held(field, values?.[field.name])]))

/** What is sent: numbers as numbers, no unit as null; what cannot be read goes as it is, and the server says what is wrong with it. */
export function sent(table: Table, form: Values): Values {
  return Object.fromEntries(table.fields.map((field) => [field.name, ['number', 'whole', 'unit'].includes(field.kind) ? numberOr(form[field.name]) : form[field.name]]))
}

function numberOr(value: unknown): unknown {
  const text = String(value ?? '').trim()
  if (text === '') return null
  const number = Number(text)
  return Number.isFinite(number) ? number : text
}

export const keyOf = (table: Table, parts: Record<string, string>): string => table.key.map((field) => (parts[field.name] ?? '').trim()).join(':')

/** A value in words; `unit` names a unit. */
export function words(field: Field, value: unknown, unit: (id: number) => string, yes: string, no: string): string {
  if (value === null || value === undefined || value === '') return '—'
  const named = (code: string): string => {
    const choice = field.choices.find((one) => one.code === code)
    return choice ? pick(choice.zh, choice.en) : code
  }
  if (field.kind === 'flag') return value ? yes : no
  if (field.kind === 'unit' && typeof value === 'number') return unit(value)
  if (field.kind === 'many' && Array.isArray(value)) return listed(value.map((one) => named(String(one))))
  if (field.kind === 'days' && Array.isArray(value)) return listed((value as Day[]).map((one) => `${one.day} ${one.name || one.kind}`))
  if (field.choices.length) return named(String(value))
  return typeof value === 'number' ? String(Math.round(value * 1000) / 1000) : String(value)
}

/** Which fields differ between two versions; with nothing before, every one that says something. */
export function differing(fields: readonly Field[], before: Values | null, after: Values): Field[] {
  return fields.filter((field) => (before ? JSON.stringify(before[field.name] ?? '') !== JSON.stringify(after[field.name] ?? '') : after[field.name] !== '' && after[field.name] !== null))
}

/** A count, a share in percent, or words, as a preview shows them. */
export function effectWords(line: Pick<EffectLine, 'kind'>, value: number | string | null): string {
  if (value === null) return '—'
  if (line.kind === 'share' && typeof value === 'number') return `${(value * 100).toFixed(1)} %`
  return typeof value === 'number' ? value.toLocaleString('en') : value
}

export interface Square {
  day: string
  date: number
  weekend: boolean
  kind: Day['kind']
  name: string
  changed: boolean
  local: boolean
}

/** The twelve months of a year as squares, Monday first; null fills the days before the first. */
export function monthsOf(year: number, special: readonly Day[], changes: readonly Day[]): (Square | null)[][] {
  const known = new Map(special.map((one) => [one.day, one]))
  const changed = new Map(changes.map((one) => [one.day, one]))
  return Array.from({ length: 12 }, (_, month) => {
    const first = new Date(Date.UTC(year, month, 1))
    const squares: (Square | null)[] = Array.from({ length: (first.getUTCDay() + 6) % 7 }, () => null)
    for (let at = first; at.getUTCMonth() === month; at = new Date(at.getTime() + 86_400_000)) {
      const day = at.toISOString().slice(0, 10)
      const one = changed.get(day) ?? known.get(day)
      squares.push({ day, date: at.getUTCDate(), weekend: [0, 6].includes(at.getUTCDay()), kind: one?.kind ?? 'ordinary', name: one?.name ?? '', changed: changed.has(day), local: known.get(day)?.local === true })
    }
    return squares
  })
}

/** What a press makes of a day: a weekday becomes a holiday, a weekend a make-up day, and back; a day as it was is no change. */
export function pressed(square: Square, special: readonly Day[], changes: readonly Day[], name: string): Day[] {
  const rest = changes.filter((one) => one.day !== square.day)
  const was = special.find((one) => one.day === square.day)?.kind ?? 'ordinary'
  const off = square.kind === 'holiday' || (square.weekend && square.kind === 'ordinary')
  const kind: Day['kind'] = off ? (square.weekend ? 'makeup' : 'ordinary') : square.weekend ? (was === 'holiday' ? 'holiday' : 'ordinary') : 'holiday'
  return kind === was ? rest : [...rest, { day: square.day, kind, name }].sort((a, b) => a.day.localeCompare(b.day))
}

/** The rows of a table for a spreadsheet, heads first. */
export function sheetOf(table: Table, rows: readonly Row[], heads: readonly string[]): (string | number | null)[][] {
  const cell = (value: unknown): string | number | null => (value === null || value === undefined ? null : typeof value === 'number' ? value : typeof value === 'string' ? value : JSON.stringify(value))
  return [[...heads, ...table.fields.map((field) => field.name)], ...rows.map((row) => [row.key, pick(row.title_zh, row.title_en), row.version, row.valid_from, row.valid_to, row.confidence, row.source, ...table.fields.map((field) => cell(row.values[field.name]))])]
}
