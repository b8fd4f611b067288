/** Shapes of the JSON doors: the site, the live feed and notices. */
import type { Grant } from './people'

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

export interface Session {
  person: { id: number; name: string; title: string; totp?: boolean } | null
  grants: Grant[]
  language: Language
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
