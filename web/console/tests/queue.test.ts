import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import type { CasePage, CaseQuery, CaseRow, DeskCounts } from '@shared/api/types'
import { statusOf } from '@shared/ui/status'
import { groupOf, linesOf, Queue } from '../src/desk/queue'
import { aRow } from './rows'

const NOW = Date.parse('2026-11-22T06:32:00Z')
/** So many minutes from now. */
const due = (minutes: number): string =>
  new Date(NOW + minutes * 60_000).toISOString()

describe('the groups of the queue', () => {
  it('follow what is left of the stage', () => {
    expect(groupOf(aRow({ stage_due_at: due(-1) }), NOW)).toBe('late')
    expect(groupOf(aRow({ stage_due_at: due(29) }), NOW)).toBe('due')
    expect(groupOf(aRow({ stage_due_at: due(31) }), NOW)).toBe('others')
    expect(groupOf(aRow({ stage_due_at: due(90), due_at: due(10) }), NOW)).toBe('due')
    expect(groupOf(aRow({ stage_due_at: due(-1), paused: true }), NOW)).toBe('paused')
    expect(groupOf(aRow({ closed_at: due(-1) }), NOW)).toBe('ended')
  })

  it('stand under captions with their counts, most pressing first', () => {
    const lines = linesOf([aRow({ number: 'a', stage_due_at: due(90) }), aRow({ number: 'b', stage_due_at: due(-3) }), aRow({ number: 'c', stage_due_at: due(80) })], NOW)
    expect(lines.map((line) => (line.kind === 'cap' ? `${line.name} ${line.count}` : line.row.number))).toEqual(['late 1', 'b', 'others 2', 'c', 'a'])
  })
})

it.each<[Partial<CaseRow>, string]>([
  [{ urgency: 'emergency' }, 'critical'], [{ urgency: 'urgent' }, 'high'], [{ urgency: 'normal' }, 'medium'], [{ urgency: 'planned' }, 'info'],
  [{ urgency: 'emergency', state: 'closed', closed_at: due(0) }, 'ok'], [{ urgency: 'emergency', state: 'merged', closed_at: due(0) }, 'offline'],
])('a case %o is drawn %s', (row, status) => {
  expect(statusOf(aRow(row))).toBe(status)
})

const COUNTS: DeskCounts = { open: 130, mine: 23, unacknowledged: 7, due: 5, late: 2, paused: 1, states: {}, opened_today: 9, closed_today: 8 }

/** A server with this many cases, paged by cursor; keeps what it was asked. */
function serverOf(count: number) {
  const asked: CaseQuery[] = []
  const read = async (query: CaseQuery): Promise<CasePage> => {
    asked.push(query)
    const from = Number(query.cursor ?? 0)
    const to = Math.min(count, from + (query.limit ?? 50))
    return { items: Array.from({ length: to - from }, (_, at) => aRow({ number: `20261122-${String(from + at).padStart(6, '0')}` })), next: to < count ? String(to) : null }
  }
  return { asked, queue: new Queue(read, async () => COUNTS) }
}

describe('the queue', () => {
  beforeEach(() => vi.useFakeTimers())
  afterEach(() => vi.useRealTimers())

  it('reads on by cursor to the end, no row twice', async () => {
    const { queue } = serverOf(130)
    await queue.load()
    await queue.more()
    await queue.more()
    await queue.more()
    expect(queue.rows.value).toHaveLength(130)
    expect(new Set(queue.rows.value.map((row) => row.number)).size).toBe(130)
    expect(queue.next.value).toBeNull()
    expect(queue.counts.value).toEqual({ all: 130, mine: 23, unacknowledged: 7, due: 5, late: 2 })
  })

  it('reads on, a page at a time, towards a case that was opened by its address, and not when it is there', async () => {
    const { queue, asked } = serverOf(130)
    await queue.load()
    await queue.reach(queue.rows.value[5]!.number)
    expect(asked).toHaveLength(1)
    await queue.reach('20991231-000001')
    expect(asked).toHaveLength(2)
    expect(queue.rows.value).toHaveLength(120)
  })

  it('reads again once for a burst of changes, as much as was loaded', async () => {
    const { queue, asked } = serverOf(130)
    await queue.load()
    await queue.more()
    queue.changed('a')
    queue.changed('b')
    await vi.advanceTimersByTimeAsync(500)
    expect(asked).toHaveLength(3)
    expect(asked[2]).toMatchObject({ limit: 120, sort: 'due' })
  })

  it('reads again in time also where changes never cease', async () => {
    const { queue, asked } = serverOf(3)
    await queue.load()
    for (let at = 0; at < 20; at += 1) {
      queue.changed('a')
      await vi.advanceTimersByTimeAsync(100)
    }
    expect(asked.length).toBeGreaterThan(3)
  })

  it('keeps its rows and says why when they cannot be read again', async () => {
    let fails = false
    const queue = new Queue(async () => {
      if (fails) throw new Error('no answer')
      return { items: [aRow({})], next: null }
    }, async () => COUNTS)
    await queue.load()
    fails = true
    await queue.load()
    expect(queue.rows.value).toHaveLength(1)
    expect(queue.wrong.value).toBe('no answer')
  })

  it('moves by one in the order shown and stops at the ends', async () => {
    const { queue } = serverOf(3)
    await queue.load()
    expect([1, 1, 1, 1, -1].map((step) => queue.move(step, NOW).slice(-1))).toEqual(['0', '1', '2', '2', '1'])
  })

  it('asks for the filter that was set', async () => {
    const { queue, asked } = serverOf(3)
    queue.set({ view: 'unacknowledged', q: '井盖', unit: '4' })
    await vi.advanceTimersByTimeAsync(0)
    expect(asked.at(-1)).toMatchObject({ view: 'unacknowledged', q: '井盖', unit: 4 })
  })
})
