import type { ApiClient } from '@shared/api/client'
import type { ShiftDoors } from './shift'

/** Somebody of the desk looked at where the worker was. */
export interface Look {
  at: string
  name: string
  purpose: string
  position: number
}

export interface LooksTold {
  looks: Look[]
  shiftHours: number
  positionDays: number
}

const under = (key: string, verb: string): string => `/walks/${encodeURIComponent(key)}/${verb}`

/** The doors of shifts on foot. */
export const shiftDoors = (client: ApiClient): ShiftDoors => ({
  begin: (key, at) => client.post('/walks', { key, at }),
  push: (key, fixes) => client.post(under(key, 'positions'), { items: fixes.map((fix) => ({ at: new Date(fix.at).toISOString(), lon: fix.lon, lat: fix.lat, accuracy_m: fix.accuracyM })) }),
  end: (key, at) => client.post(under(key, 'end'), { at }),
})

export async function looksAtMe(client: ApiClient): Promise<LooksTold> {
  const [looks, agreed] = await Promise.all([client.get<{ items: Look[] }>('/walks/mine/looks'), client.get<{ shift_hours: number; position_days: number }>('/walks/mine')])
  return { looks: looks.items, shiftHours: agreed.shift_hours, positionDays: agreed.position_days }
}
