import { describe, expect, it } from 'vitest'
import { dueWords } from '../src/follow/dueWords'
import { stationOf } from '../src/follow/stations'
import { followPath } from '../src/state'
import zh from '../src/words/zh'

const t = (key: string, named: Record<string, unknown>): string => {
  const sentence = key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown>)[part], zh)
  return String(sentence).replace(/\{(\w+)\}/g, (_all, name: string) => String(named[name]))
}
const now = Date.parse('2026-11-22T14:00:00+08:00')
const row = { opened_at: '2026-11-22T12:31:00+08:00', due_at: '2026-11-22T14:50:00+08:00', closed_at: null, paused: false, state: 'handling' }

describe('the limit, said to the reporter', () => {
  it('counts down while open', () => {
    expect(dueWords(row, now, 'zh', t)).toBe('14:50 前办好 · 还有 50 分')
  })

  it('owns up when it is over', () => {
    expect(dueWords(row, now + 3_600_000, 'zh', t)).toBe('已超时 10 分，已催办')
  })

  it('says how it ended', () => {
    expect(dueWords({ ...row, state: 'closed', closed_at: '2026-11-22T14:43:00+08:00' }, now, 'zh', t)).toBe('比时限早 7 分')
    expect(dueWords({ ...row, state: 'closed', closed_at: '2026-11-22T15:00:00+08:00' }, now, 'zh', t)).toBe('比时限晚 10 分')
  })

  it('does not pretend while the clock stands still or where none runs', () => {
    expect(dueWords({ ...row, paused: true }, now, 'zh', t)).toBe('时限已暂停，恢复后接着算')
    expect(dueWords({ ...row, due_at: null }, now, 'zh', t)).toBe('')
    expect(dueWords({ ...row, state: 'withdrawn', closed_at: '2026-11-22T13:00:00+08:00' }, now, 'zh', t)).toBe('')
  })
})

describe('the page of a report', () => {
  it('carries the secret in the fragment, never in what a server sees', () => {
    const url = new URL(followPath('20261122-000731', 's3cr3t'), 'https://city.example')
    expect([url.pathname, url.search, url.hash]).toEqual(['/r/20261122-000731', '', '#s3cr3t'])
  })

  it('has a sentence and a station for every state of the loop', () => {
    for (const state of Object.keys(zh.follow.state)) expect(stationOf(state)).toBeLessThan(6)
    expect(stationOf('handling')).toBeGreaterThan(stationOf('reported'))
  })
})
