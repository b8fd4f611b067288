import { pick } from '../i18n/language'
import type { PlaceAt, PlaceHit } from './types'

interface Words {
  zh: string
  en: string
}

/** `GET /places/at` as the server answers it. */
export interface PlaceAnswer extends Omit<PlaceAt, 'address'> {
  address: Words
}

/** One answer of `GET /places/search`. */
export interface FoundAnswer {
  kind: string
  code: string
  name: Words
  within: Words
  lon: number | null
  lat: number | null
}

/** The place with its address in the reader's language. */
export function placeOf(answer: PlaceAnswer): PlaceAt {
  return { ...answer, address: pick(answer.address.zh, answer.address.en) || null }
}

/** A hit that can be shown on a map; what has no position is left out. */
export function hitOf(found: FoundAnswer): PlaceHit[] {
  if (found.lon === null || found.lat === null) return []
  const { kind, code, lon, lat } = found
  return [{ kind, code, lon, lat, name_zh: found.name.zh, name_en: found.name.en, detail_zh: found.within.zh, detail_en: found.within.en }]
}

