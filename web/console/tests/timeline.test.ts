import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@shared/api/client'
import type { CaseCard, LiveEvent } from '@shared/api/types'
import { barsOf, MARK_PX, marksOf, momentAt, ticksOf, xOf, type AlarmMark, type Axis } from '../src/timeline/axis'
import { cardThen, Replay, type DeskThen } from '../src/timeline/replay'
import { aRow } from './rows'

const NOW = Date.parse('2026-11-22T06:32:00Z')
const HOUR = 3_600_000
const event = (position: number): LiveEvent => ({ position, at: '', kind: 'case.registered', number: '20261122-000001' }) as LiveEvent

/** A replay over a server that answers with what it was asked; keeps what was asked and what was told afterwards. */
function aReplay(answer: (moment: string) => Promise<DeskThen> = async (moment) => ({ moment, counts: { open: 1, late: 0, due: 0, paused: 0, states: {} }, items: [aRow({})], points: [], more: false })) {
  const asked: string[] = []
  const told: LiveEvent[][] = []
  const resets: number[] = []
  const replay = new Replay({
    read: (moment) => { asked.push(moment); return answer(moment) },
    release: (events) => told.push(events), reset: () => resets.push(1), now: () => NOW,
  })
  return { replay, asked, told, resets }
}

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

describe('the replay', () => {
  it('reads the moment on which the handle rests, once', async () => {
    const { replay, asked } = aReplay()
    for (const minutes of [10, 20, 30]) replay.show(NOW - minutes * 60_000)
    await vi.advanceTimersByTimeAsync(500)
    expect(asked).toEqual([new Date(NOW - 30 * 60_000).toISOString()])
    expect(replay.then.value?.counts.open).toBe(1)
  })

  it('keeps what happens meanwhile and tells it in order on the way back', () => {
    const { replay, told } = aReplay()
    expect(replay.hold(event(1))).toBe(false)
    replay.show(NOW - HOUR)
    expect([replay.hold(event(2)), replay.hold(event(3)), replay.waiting.value]).toEqual([true, true, 2])
    replay.live()
    expect(told.map((list) => list.map((one) => one.position))).toEqual([[2, 3]])
    expect([replay.active.value, replay.waiting.value, replay.then.value]).toEqual([false, 0, null])
  })

  it('has the lists read anew when too much happened to be told one by one', () => {
    const { replay, told, resets } = aReplay()
    replay.show(NOW - HOUR)
    for (let at = 0; at < 2001; at += 1) replay.hold(event(at))
    replay.live()
    expect([told.length, resets.length]).toEqual([0, 1])
  })

  it('plays on until the present, and stands still when the same speed is pressed again', async () => {
    const { replay, asked } = aReplay()
    replay.show(NOW - 3 * 300_000)
    await vi.advanceTimersByTimeAsync(200)
    replay.play(300)
    await vi.advanceTimersByTimeAsync(1500)
    expect(asked.length).toBe(2)
    replay.play(300)
    await vi.advanceTimersByTimeAsync(5000)
    expect([asked.length, replay.speed.value, replay.active.value]).toEqual([2, 0, true])
    replay.play(300)
    await vi.advanceTimersByTimeAsync(5000)
    expect([replay.active.value, replay.speed.value]).toEqual([false, 0])
  })

  it('goes no further back than the server looks, and says what went wrong', async () => {
    const { replay, asked } = aReplay(() => Promise.reject(new Error('no way back')))
    replay.show(0)
    await vi.advanceTimersByTimeAsync(500)
    expect(NOW - Date.parse(asked[0]!)).toBeLessThan(31 * 24 * HOUR)
    expect(replay.wrong.value).toBe('no way back')
  })
})

it('while it shows the past, no write leaves the page but signing out', async () => {
  const sent: string[] = []
  const client = new ApiClient({ language: () => 'en', fetch: async (address) => { sent.push(String(address)); return new Response('{}') } })
  client.frozen = () => 'this is the past'
  await expect(client.post('/cases/1/steps', {})).rejects.toThrow('this is the past')
  await expect(client.upload('/photos', new Blob(), 'a.jpg', () => undefined)).rejects.toThrow('this is the past')
  await client.get('/cases')
  await client.delete('/session')
  client.frozen = () => ''
  await client.post('/cases/1/steps', {})
  expect(sent).toEqual(['/api/v1/cases', '/api/v1/session', '/api/v1/cases/1/steps'])
})

it('a card of the past shows only what had happened, in the state of then, and offers nothing', () => {
  const at = (hours: number): string => new Date(NOW + hours * HOUR).toISOString()
  const card = { ...aRow({ state: 'closed', closed_at: at(5) }), history: [{ at: at(0) }, { at: at(2) }], photos: [{ taken_at: at(2) }, { taken_at: null }], actions: [{ verb: 'close' }] } as unknown as CaseCard
  const then = cardThen(card, aRow({ state: 'handling' }), NOW + HOUR)
  expect([then.state, then.closed_at, then.history.length, then.photos.length, then.actions.length]).toEqual(['handling', null, 1, 1, 0])
})

describe('the axis', () => {
  const axis: Axis = { since: new Date(NOW - 4 * HOUR).toISOString(), until: new Date(NOW).toISOString(), stretch_s: 3600, opened: [1, 4, 0, 2], closed: [0, 2, 0, 8], late: [0, 0, 1, 0], alarms: [] }

  it('puts a moment on its pixel and back', () => {
    expect(xOf(NOW - HOUR, NOW - 4 * HOUR, NOW, 800)).toBe(600)
    expect(momentAt(600, NOW - 4 * HOUR, NOW, 800)).toBe(NOW - HOUR)
    expect(momentAt(9999, NOW - 4 * HOUR, NOW, 800)).toBe(NOW)
  })

  it('draws stretches by the highest of them', () => {
    expect(barsOf(axis, 800).map((bar) => [bar.x, bar.opened, bar.closed, bar.late])).toEqual([[0, 0.125, 0, 0], [200, 0.5, 0.25, 0], [400, 0, 0, 0.125], [600, 0.25, 1, 0]])
  })

  describe('its marks of alarms', () => {
    const alarm = (id: number, hoursAgo: number, severity: AlarmMark['severity'] = 'medium'): AlarmMark => ({ id, severity, title_zh: '', title_en: '', subject: '', raised_at: new Date(NOW - hoursAgo * HOUR).toISOString(), cleared_at: null })
    const marked = (alarms: AlarmMark[], width = 800) => marksOf({ ...axis, alarms }, width)

    it('lie wholly on the axis, at both ends too', () => {
      const lefts = marked([alarm(1, 4), alarm(2, 2), alarm(3, 0)]).map((mark) => mark.left)
      expect(lefts).toEqual([0, 400 - MARK_PX / 2, 800 - MARK_PX])
      expect(marked([alarm(1, 0)], 10).map((mark) => mark.left)).toEqual([0])
    })

    it('never cover each other: alarms of one spot stand behind one button that looks like the worst of them', () => {
      const crowd = Array.from({ length: 60 }, (_, at) => alarm(at, at / 20, at === 59 ? 'critical' : 'medium'))
      const marks = marked([...crowd, alarm(99, 3.9, 'info')])
      expect(marks.flatMap((mark) => mark.alarms)).toHaveLength(61)
      marks.forEach((mark, at) => at > 0 && expect(mark.left - marks[at - 1]!.left).toBeGreaterThanOrEqual(MARK_PX))
      expect([marks[0]!.severity, marks[1]!.severity, marks[1]!.alarms.length > 1, marks.at(-1)!.severity]).toEqual(['info', 'critical', true, 'medium'])
    })
  })

  it('has whole hours of the city, and days at midnight', () => {
    expect(ticksOf(NOW - 4 * HOUR, NOW, 400).map((tick) => tick.words)).toEqual(['11:00', '12:00', '13:00', '14:00'])
    expect(ticksOf(NOW - 48 * HOUR, NOW, 300).map((tick) => tick.words)).toEqual(['11-21', '12:00', '11-22', '12:00'])
  })
})
