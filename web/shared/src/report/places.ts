import type { ApiClient } from '../api/client'

/** What one says of a point: the nearest address, and the divisions from city to village. */
export interface SaidPlace {
  addressZh: string
  addressEn: string
  chainZh: string
  chainEn: string
}

/** A place found by name; only those with a position are of use here. */
export interface FoundPlace {
  kind: string
  code: string
  zh: string
  en: string
  withinZh: string
  withinEn: string
  lon: number
  lat: number
}

interface Named {
  zh: string
  en: string
}

interface PlaceAnswer {
  chain_zh: string
  chain_en: string
  address: Named | null
}

interface FoundAnswer {
  kind: string
  code: string
  name: Named
  within: Named
  lon: number | null
  lat: number | null
}

/** Asks the place doors in the words of the report form. */
export class SayPlaces {
  constructor(private readonly client: ApiClient) {}

  at = async (lon: number, lat: number): Promise<SaidPlace> => {
    const found = await this.client.get<PlaceAnswer>('/places/at', { lon, lat })
    return { addressZh: found.address?.zh ?? '', addressEn: found.address?.en ?? '', chainZh: found.chain_zh, chainEn: found.chain_en }
  }

  search = async (q: string, limit: number): Promise<FoundPlace[]> => {
    const found = await this.client.get<FoundAnswer[]>('/places/search', { q, limit })
    return found.flatMap(({ kind, code, name, within, lon, lat }) =>
      lon === null || lat === null ? [] : [{ kind, code, zh: name.zh, en: name.en, withinZh: within.zh, withinEn: within.en, lon, lat }],
    )
  }
}
