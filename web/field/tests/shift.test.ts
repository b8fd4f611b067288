import { afterEach, describe, expect, it, vi } from 'vitest'
import { Problem, Unreachable } from '@shared/api/problem'
import type { Fix } from '@shared/geo/position'
import { openShelf } from '@shared/outbox/shelf'
import { Shift, type ShiftOptions, type WalkTold } from '../src/walk/shift'

const BEGUN = Date.parse('2026-11-23T02:00:00Z')
const SECOND = 1000
const HOUR = 3_600_000

/** A phone with its clock, its position and the platform at the other end. */
async function aPhone() {
  const phone = {
    at: BEGUN, online: true, watchers: 0, watched: 0, ended: '', refuse: null as Problem | null,
    sent: [] as string[], taken: [] as Fix[], tell: (_fix: Fix): void => undefined,
    shelf: await openShelf('shift-test', null),
  }
  const told = (key: string): WalkTold => ({ key, begun_at: new Date(BEGUN).toISOString(), ended_at: phone.ended || null, dropped: 0, runs_out_at: new Date(BEGUN + 12 * HOUR).toISOString() })
  const reach = (what: string): void => {
    if (!phone.online) throw new Unreachable('no network')
    if (phone.refuse) throw phone.refuse
    phone.sent.push(what)
  }
  const options: ShiftOptions = {
    shelf: phone.shelf, now: () => phone.at, told: () => undefined, failed: () => undefined,
    watch: (tell) => {
      phone.watchers += 1
      phone.watched += 1
      phone.tell = tell
      return () => { phone.watchers -= 1 }
    },
    doors: {
      begin: async (key) => { reach('begin'); return told(key) },
      push: async (_key, fixes) => { reach(`push ${fixes.length}`); phone.taken.push(...fixes); return { kept: fixes.length, dropped: 0 } },
      end: async (key) => { reach('end'); return told(key) },
    },
  }
  return { phone, options, shift: new Shift(options) }
}

const fixAt = (at: number, lon = 118.1): Fix => ({ lon, lat: 24.48, accuracyM: 6, at })
const shifts: Shift[] = []
afterEach(() => {
  shifts.splice(0).forEach((shift) => shift.stop())
  vi.useRealTimers()
})

describe('a shift', () => {
  it('has the phone watched between its beginning and its end and at no other time', async () => {
    const { phone, shift } = await aPhone()
    shifts.push(shift)
    await shift.load()
    expect([phone.watchers, phone.watched]).toEqual([0, 0])
    await shift.begin()
    expect(phone.watchers).toBe(1)
    phone.at += 10 * SECOND
    await shift.note(fixAt(phone.at))
    await shift.end()
    expect([phone.watchers, phone.watched]).toEqual([0, 1])
    await shift.note(fixAt(phone.at + 30 * SECOND))
    expect(shift.waiting.value).toBe(0)
    expect(phone.taken).toHaveLength(1)
    expect(phone.sent).toEqual(['begin', 'push 1', 'end'])
  })

  it('says its end again until the platform has heard it, and then no more', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const { phone, shift } = await aPhone()
    shifts.push(shift)
    await shift.begin()
    phone.online = false
    await shift.end()
    expect([phone.watchers, shift.on.value, shift.ending.value]).toEqual([0, false, true])
    phone.online = true
    await vi.advanceTimersByTimeAsync(61 * SECOND)
    await vi.waitFor(() => expect(shift.ending.value).toBe(false))
    expect(phone.sent).toEqual(['begin', 'end'])
    expect(vi.getTimerCount()).toBe(0)
  })

  it('keeps what it noted without a network, through a restart, and sends it in order', async () => {
    const { phone, options, shift } = await aPhone()
    shifts.push(shift)
    phone.online = false
    await shift.begin()
    for (const seconds of [20, 40, 60]) await shift.note(fixAt(BEGUN + seconds * SECOND))
    shift.stop()
    const again = new Shift(options)
    shifts.push(again)
    await again.load()
    expect([again.on.value, again.waiting.value]).toEqual([true, 3])
    await again.end(BEGUN + 70 * SECOND)
    phone.at += HOUR
    await again.begin()
    phone.online = true
    await again.flush()
    expect(phone.sent).toEqual(['begin', 'push 3', 'end', 'begin'])
    expect([again.on.value, again.all.value.length]).toEqual([true, 1])
  })

  it('notes a position each quarter of a minute, sooner after some steps, never one from before', async () => {
    const { phone, shift } = await aPhone()
    shifts.push(shift)
    phone.online = false
    await shift.begin()
    await shift.note(fixAt(BEGUN - SECOND))
    await shift.note(fixAt(BEGUN + SECOND))
    await shift.note(fixAt(BEGUN + 7 * SECOND))
    await shift.note(fixAt(BEGUN + 8 * SECOND, 118.101))
    await shift.note(fixAt(BEGUN + 24 * SECOND, 118.101))
    expect(shift.waiting.value).toBe(3)
  })

  it('ends by itself after its hours', async () => {
    const { phone, shift } = await aPhone()
    shifts.push(shift)
    await shift.begin()
    phone.at = BEGUN + 13 * HOUR
    await shift.note(fixAt(phone.at))
    expect([shift.on.value, phone.watchers, phone.taken.length]).toEqual([false, 0, 0])
  })

  it('stops where the platform says that it is over, and says why', async () => {
    const { phone, shift } = await aPhone()
    shifts.push(shift)
    await shift.begin()
    phone.refuse = new Problem({}, 409, 'this shift ended at 22:00')
    await shift.note(fixAt(BEGUN + 20 * SECOND))
    await shift.flush()
    expect([shift.on.value, phone.watchers, shift.waiting.value, shift.wrong.value]).toEqual([false, 0, 0, 'this shift ended at 22:00'])
  })
})
