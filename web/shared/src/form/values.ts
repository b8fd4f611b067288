import type { ActionField } from '../api/types'

export type Values = Record<string, unknown>

const CASE_NUMBER = /^\d{8}-\d{6}$/

/** What is wrong with a field, as a key of `form.*` with its figures; null when it can be sent. */
export interface Wrong {
  name: string
  key: 'need' | 'needPhotos' | 'badCase' | 'badHours'
  figures: Record<string, string | number>
}

function isEmpty(value: unknown): boolean {
  if (value === undefined || value === null) return true
  if (typeof value === 'string') return value.trim() === ''
  if (Array.isArray(value)) return value.length === 0
  return false
}

function wrongWith(field: ActionField, value: unknown): Wrong | null {
  const count = Array.isArray(value) ? value.length : 0
  if (field.kind === 'photos') {
    const least = Math.max(field.min ?? 0, field.required ? 1 : 0)
    return count < least ? { name: field.name, key: 'needPhotos', figures: { n: least } } : null
  }
  if (isEmpty(value)) return field.required ? { name: field.name, key: 'need', figures: {} } : null
  if (field.kind === 'units' && count < (field.min ?? 1)) return { name: field.name, key: 'need', figures: {} }
  if (field.kind === 'case' && !CASE_NUMBER.test(String(value).trim())) return { name: field.name, key: 'badCase', figures: {} }
  if (field.kind === 'hours') {
    const hours = Number(value)
    const min = field.min ?? 1
    const max = field.max ?? 720
    if (!(hours >= min && hours <= max)) return { name: field.name, key: 'badHours', figures: { min, max } }
  }
  return null
}

/** All that keeps the step from being taken, in the order of the fields. */
export function wrongs(fields: readonly ActionField[], values: Values): Wrong[] {
  return fields.flatMap((field) => wrongWith(field, values[field.name]) ?? [])
}

/** The values as the step door takes them; what was left empty is left out. */
export function bodyOf(fields: readonly ActionField[], values: Values): Values {
  const body: Values = {}
  for (const field of fields) {
    const value = values[field.name]
    if (isEmpty(value)) continue
    if (field.kind === 'unit' || field.kind === 'rule') body[field.name] = Number(value)
    else if (field.kind === 'units') body[field.name] = (value as string[]).map(Number)
    else if (field.kind === 'hours' || field.kind === 'rating') body[field.name] = Number(value)
    else if (field.kind === 'datetime') body[field.name] = cityMoment(String(value))
    else body[field.name] = typeof value === 'string' ? value.trim() : value
  }
  return body
}

/** A datetime-local value is wall time of the city (UTC+8, no summer time). */
export function cityMoment(local: string): string {
  return /([+-]\d\d:\d\d|Z)$/.test(local) ? local : `${local.length === 16 ? `${local}:00` : local}+08:00`
}
