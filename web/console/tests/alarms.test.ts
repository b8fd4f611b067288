import { describe, expect, it } from 'vitest'
import { ApiClient } from '@shared/api/client'
import { type Alarm, AlarmBoard, type AlarmList, caseOf, groupsOf, nextCalling } from '../src/alarms/alarms'
import { Tour } from '../src/wall/tour'

const anAlarm = (id: number, more: Partial<Alarm> = {}): Alarm => ({ id, source: 'ladder', standing: 'unacknowledged_active', severity: 'high', subject: '', sound: false, ...more }) as Alarm

describe('a list of alarms', () => {
  it('keeps a few rows apart and folds a flood of one source into one line', () => {
    const few = groupsOf(Array.from({ length: 10 }, (_, at) => anAlarm(at)))
    expect(few.map((group) => group.items.length)).toEqual(Array(10).fill(1))
    const many = groupsOf([anAlarm(100, { source: 'silence' }), ...Array.from({ length: 11 }, (_, at) => anAlarm(at)), anAlarm(200, { standing: 'shelved' })])
    expect(many.map((group) => [group.source, group.items.length])).toEqual([['silence', 1], ['ladder', 11], ['ladder', 1]])
  })

  it('goes from one that calls to the next, and begins anew', () => {
    const list = [anAlarm(1), anAlarm(2, { standing: 'acknowledged_active' }), anAlarm(3, { standing: 'unacknowledged_cleared' })]
    expect([nextCalling(list, 0)?.id, nextCalling(list, 1)?.id, nextCalling(list, 3)?.id]).toEqual([1, 3, 1])
    expect(nextCalling([list[1]!], 0)).toBeUndefined()
  })

  it('knows the case that an alarm is about', () => {
    expect([caseOf({ subject: 'case:20261122-000731' }), caseOf({ subject: 'unit:5' })]).toEqual(['20261122-000731', ''])
  })
})

describe('the board', () => {
  const listOf = (items: Alarm[]): AlarmList => ({ items, counts: { unacknowledged: items.length, critical: 0, unacknowledged_active: items.length, acknowledged_active: 0, unacknowledged_cleared: 0, shelved: 0 }, more: false })

  it('sounds once for each critical alarm, and not for a past moment', async () => {
    const answers = [[anAlarm(1)], [anAlarm(1), anAlarm(2, { sound: true })], [anAlarm(2, { sound: true })], [anAlarm(3, { sound: true })], [anAlarm(4, { sound: true })]]
    const asked: string[] = []
    const client = new ApiClient({ language: () => 'en', fetch: async (address) => { asked.push(String(address)); return new Response(JSON.stringify(listOf(answers.shift() ?? []))) } })
    let sounds = 0
    const board = new AlarmBoard(client, () => { sounds += 1 })
    const heard: number[] = []
    for (let at = 0; at < 4; at += 1) {
      await board.read()
      heard.push(sounds)
    }
    expect(heard).toEqual([0, 1, 1, 2])
    board.moment = () => Date.parse('2026-11-22T06:00:00Z')
    await board.read()
    expect([sounds, asked.at(-1)]).toEqual([2, '/api/v1/alarms?moment=2026-11-22T06%3A00%3A00.000Z'])
  })

  it('says what went wrong with an acknowledgement and keeps the list', async () => {
    const client = new ApiClient({ language: () => 'en', retryAfterMs: [], fetch: async (_, init) => (init?.method === 'POST' ? new Response(JSON.stringify({ detail: 'somebody was faster' }), { status: 409 }) : new Response(JSON.stringify(listOf([anAlarm(1)])))) })
    const board = new AlarmBoard(client)
    await board.read()
    expect(await board.acknowledge(1)).toBe(false)
    expect([board.wrong.value, board.items.value.length]).toEqual(['somebody was faster', 1])
  })
})

describe('the tour of a wall', () => {
  it('looks at what is new, never at what stood there before, and not while somebody holds the map', () => {
    const looked: string[] = []
    const tour = new Tour((spot) => looked.push(spot.id), () => looked.push('whole'))
    const spots = (...ids: string[]) => ids.map((id) => ({ id, lon: 118, lat: 24 }))
    tour.take(spots('a'))
    tour.take(spots('a', 'b'))
    tour.lock()
    tour.take(spots('a', 'b', 'c'))
    tour.unlock()
    tour.take(spots('a', 'b', 'c'))
    tour.stop()
    expect(looked).toEqual(['b', 'whole'])
  })
})
