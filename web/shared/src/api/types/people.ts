/** Shapes of the JSON doors: people, grants and keys. */

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
  name_en: string
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
  name_en: string
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
