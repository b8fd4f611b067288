import { expect, it } from 'vitest'
import type { NearReport } from '@shared/report/doors'
import { openFirst, stillOpen } from '../src/near/order'

const one = (number: string, distance_m: number, closed_at: string | null): NearReport => ({ number, distance_m, closed_at }) as unknown as NearReport
const FOUND = [one('done near', 5, '2026-11-22T06:00:00Z'), one('open far', 200, null), one('open near', 20, null)]

it('what is still open stands first, by distance, and what was done after it', () => {
  expect(openFirst(FOUND).map((each) => each.number)).toEqual(['open near', 'open far', 'done near'])
})

it('the start page shows only what is still open', () => {
  expect(stillOpen(FOUND).map((each) => each.number)).toEqual(['open near', 'open far'])
})
