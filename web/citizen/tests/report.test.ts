import { describe, expect, it, vi } from 'vitest'
import { effectScope, nextTick, reactive, ref } from 'vue'
import type { NearReport } from '@shared/report/doors'
import { grouped, typedCode } from '../src/follow/codes'
import { useLikely } from '../src/report/likely'
import { CARDS, maybeSame, useNear } from '../src/report/near'
import { sendAsOwn, sendReport, wantsToJoin } from '../src/report/send'
import type { CitizenState } from '../src/state'
import en from '../src/words/en'
import zh from '../src/words/zh'

const one = (number: string, distance_m: number, closed_at: string | null = null): NearReport =>
  ({ number, distance_m, closed_at, class_zh: '路灯', class_en: 'street lamp' }) as unknown as NearReport

describe('reported here already', () => {
  const found = [one('far', 90), one('near', 10), one('done', 5, '2026-11-22T06:00:00Z'), one('third', 40), one('fourth', 45)]

  it('offers what is open and near, nearest first, and no more than a thumb can look through', () => {
    expect(maybeSame(found, '', []).map((each) => each.number)).toEqual(['near', 'third', 'fourth'])
    expect(maybeSame(found, '0102', ['near']).map((each) => each.number)).toEqual(['third', 'fourth', 'far'])
    expect(maybeSame([...found, one('fifth', 46)], '0102', [])).toHaveLength(CARDS)
  })

  it('goes on without where nobody can be asked, and leaves alone what was set aside', async () => {
    vi.useFakeTimers()
    const form = reactive({ lon: 118.1, lat: 24.4, classKind: '', classCode: '', notThese: [] as string[] })
    const near = vi.fn().mockRejectedValueOnce(new Error('offline')).mockResolvedValue({ items: [one('near', 10)] })
    const scope = effectScope()
    const use = scope.run(() => useNear({ draft: { form, hasContent: true }, reports: { near } } as unknown as CitizenState))!
    await vi.advanceTimersByTimeAsync(500)
    expect(use.offered.value).toEqual([])
    form.classCode = '0102'
    await vi.advanceTimersByTimeAsync(500)
    expect(near).toHaveBeenLastCalledWith(118.1, 24.4, '', '0102')
    expect(use.offered.value).toHaveLength(1)
    use.dismiss()
    expect(use.offered.value).toEqual([])
    expect(form.notThese).toEqual(['near'])
    scope.stop()
    vi.useRealTimers()
  })

  it('joins the case by its number with words and photos, and takes the number out again when it goes alone', async () => {
    const add = vi.fn(async () => [])
    const resend = vi.fn(async () => undefined)
    const draft = { form: { text: '', classZh: '', classEn: '' }, body: () => ({ text: '', lon: 1, lat: 2 }), shots: () => ['shot'], ending: 'ending', reset: vi.fn() }
    const entries = ref<unknown[]>([])
    const state = { draft, outbox: { add, resend, entries } } as unknown as CitizenState
    const key = await sendReport(state, '湖滨南路', one('20261122-000731', 10))
    const [[[wanted], ending]] = add.mock.calls as unknown as [[[{ body: Record<string, unknown>; shots: unknown[] }], string]]
    expect(wanted.body).toMatchObject({ same_as: '20261122-000731', lon: 1, lat: 2 })
    expect(wanted.body.text).not.toBe('')
    expect([wanted.shots, ending]).toEqual([['shot'], 'ending'])
    expect(wantsToJoin(wanted.body)).toBe(true)
    entries.value = [{ key, body: wanted.body, version: null }]
    const next = await sendAsOwn(state, key)
    expect(next).not.toBe(key)
    const [from, over] = resend.mock.calls[0] as unknown as [string, { key: string; body: Record<string, unknown> }]
    expect([from, over.key, wantsToJoin(over.body)]).toEqual([key, next, false])
  })
})

describe('the likeliest classes', () => {
  it('are three of the server, and those of the phone where it cannot be asked or does not know', async () => {
    vi.useFakeTimers()
    const item = (code: string) => ({ class_kind: 'event', code, zh: code, en: code, confidence: 0.4 })
    const suggest = vi.fn()
      .mockResolvedValueOnce({ items: ['0101', '0102', '0103', '0104'].map(item), none: false })
      .mockRejectedValueOnce(new Error('offline'))
      .mockResolvedValueOnce({ items: [item('0199')], none: true })
    const form = reactive({ text: '' })
    const classes = ref([{ kind: 'event', code: '0102', name_zh: '暴露垃圾', name_en: 'exposed rubbish' }])
    const scope = effectScope()
    const likely = scope.run(() => useLikely({ draft: { form }, reports: { suggest }, classes } as unknown as CitizenState))!
    const say = async (text: string): Promise<string[]> => {
      form.text = text
      await nextTick()
      await vi.advanceTimersByTimeAsync(600)
      return likely.value.map((each) => each.code)
    }
    expect(await say('一堆暴露垃圾')).toEqual(['0101', '0102', '0103'])
    expect(await say('又是暴露垃圾')).toContain('0102')
    expect(await say('还有暴露垃圾')).not.toContain('0199')
    expect(suggest).toHaveBeenCalledTimes(3)
    scope.stop()
    vi.useRealTimers()
  })
})

describe('number and code', () => {
  it('are read out in fours and understood however they are typed', () => {
    const secret = 'ab12cd34ef56ab12cd34'
    expect(grouped(secret)).toBe('ab12 cd34 ef56 ab12 cd34')
    expect(typedCode(' 20261122 000731', grouped(secret).toUpperCase())).toEqual({ number: '20261122-000731', secret })
    expect(typedCode('20261122-000731', 'ab12')).toBeNull()
    expect(typedCode('731', secret)).toBeNull()
  })
})

it('both languages say the same things', () => {
  const keys = (words: object, at = ''): string[] =>
    Object.entries(words).flatMap(([key, value]) => (typeof value === 'object' ? keys(value as object, `${at}${key}.`) : [`${at}${key}`]))
  expect(keys(en).sort()).toEqual(keys(zh).sort())
})
