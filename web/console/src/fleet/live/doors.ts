import type { ApiClient } from '@shared/api/client'

export interface VehicleInView {
  id: number
  plate: string
  kind: string
  kind_zh: string
  kind_en: string
  firm: string
  synthetic: boolean
  at: string
  lon: number
  lat: number
  speed_kmh: number
  heading: number
}

export interface VehicleCard {
  id: number
  plate: string
  kind: string
  kind_zh: string
  kind_en: string
  firm: string
  in_service: boolean
  synthetic: boolean
  last: { at: string; lon: number; lat: number; speed_kmh: number; heading: number; marks: number } | null
  terminals: { id: number; protocol: string; name: string; blocked: boolean; last_seen_at: string | null }[]
  permits: { number: string; kind: string; state: string; valid_to: string }[]
}

export interface VehicleTrack {
  vehicle_id: number
  plate: string
  since: string
  until: string
  fixes: number
  metres: number
  at_ms: number[]
  lon: number[]
  lat: number[]
  speed_kmh: number[]
  heading: number[]
}

export interface VehicleOrder {
  id: number
  verb: string
  verb_zh: string
  verb_en: string
  said: Record<string, unknown>
  state: string
  state_zh: string
  state_en: string
  asked_at: string
  asked_by: string
}

export interface OrderSaid {
  verb: 'text' | 'locate' | 'track'
  text?: string
  urgent?: boolean
  minutes?: number
  reason?: string
  warning_id?: number
}

/** The doors of moving vehicles. */
export class VehicleDoors {
  constructor(private readonly client: ApiClient) {}

  inView = ([w, s, e, n]: readonly number[], after = '', signal?: AbortSignal, limit = 100): Promise<{ items: VehicleInView[]; next: string | null }> =>
    this.client.get('/fleet/in-view', { w, s, e, n, after: after || undefined, limit }, signal)
  card = (id: number, signal?: AbortSignal): Promise<VehicleCard> => this.client.get(`/fleet/vehicles/${id}`, {}, signal)
  track = (id: number, day: string, reason: string): Promise<VehicleTrack> => this.client.get(`/fleet/vehicles/${id}/track`, { day: day || undefined, reason: reason || undefined })
  trackFile = (id: number, day: string, reason: string, kind: 'csv' | 'geojson'): string =>
    `${this.client.base}/fleet/vehicles/${id}/track.${kind}?${new URLSearchParams({ ...(day ? { day } : {}), ...(reason ? { reason } : {}) })}`
  orders = async (id: number): Promise<VehicleOrder[]> => (await this.client.get<{ items: VehicleOrder[] }>(`/fleet/vehicles/${id}/orders`)).items
  ask = (id: number, said: OrderSaid): Promise<VehicleOrder> => this.client.post(`/fleet/vehicles/${id}/orders`, said)
}
