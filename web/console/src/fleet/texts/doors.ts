import type { ApiClient } from '@shared/api/client'
import type { VehicleOrder } from '../live/doors'

/** One text to many vehicles. */
export interface Whom { kinds: string[]; firms: string[]; lists: string[]; plates: string[]; area: string }
export interface Recipient { vehicle_id: number; plate: string; kind: string; firm: string; has_terminal: boolean; last_seen_at: string | null }
export interface Batch { batch: string; asked_at: string; asked_by: string; text: string; vehicles: number; states: Record<string, number> }
export interface BatchCard { batch: string; text: string; asked_at: string; asked_by: string; states: Record<string, number>; state_names: { code: string; zh: string; en: string }[]; items: (VehicleOrder & { plate: string; answered_at: string | null; answer: { zh?: string; en?: string } })[] }

export class TextDoors {
  constructor(private readonly client: ApiClient) {}

  preview = (whom: Whom): Promise<{ items: Recipient[]; more: boolean }> => this.client.post('/fleet/texts/preview', whom)
  send = (vehicles: readonly number[], text: string, urgent: boolean, typed: string): Promise<{ batch: string; sent: number }> => this.client.post('/fleet/texts', { vehicles, text, urgent, typed })
  list = async (): Promise<Batch[]> => (await this.client.get<{ items: Batch[] }>('/fleet/texts')).items
  card = (batch: string): Promise<BatchCard> => this.client.get(`/fleet/texts/${batch}`)
  again = (batch: string): Promise<{ sent: number }> => this.client.post(`/fleet/texts/${batch}/again`, {})
}
