/** Shapes of the JSON doors: places. */

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
