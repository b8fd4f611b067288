import { describe, expect, it } from 'vitest'
import { language } from '@shared/i18n'
import { actionWords, seenWords, subjectWords, valueWords, whoWords } from '../src/ledger/words'
import zh from '../src/words/zh'

const find = (key: string): unknown => key.split('.').reduce<unknown>((at, part) => (at as Record<string, unknown> | undefined)?.[part], zh)
const words = { t: (key: string) => String(find(key)), te: (key: string) => typeof find(key) === 'string' }
const states = [{ state: 'dispatched', zh: '已派遣', en: 'dispatched', open: true }, { state: 'handling', zh: '处置中', en: 'being handled', open: true }]
language.value = 'zh'

describe('an entry of the ledger', () => {
  it('says what was done and on what in the words of the reader', () => {
    expect(actionWords('session.opened', words)).toBe('登录')
    expect(actionWords('case.accept', words)).toBe('接单')
    expect(subjectWords('case:20261122-000731', words)).toBe('20261122-000731')
    expect(subjectWords('person:14', words)).toBe('人员 14')
    expect([actionWords('alarm.raised', words), subjectWords('alarm:7', words), whoWords('system:alarms', words), whoWords('值班席 1', words)]).toEqual(['产生告警', '告警 7', '平台', '值班席 1'])
  })

  it('says a step by its states, anything else by its details', () => {
    expect(seenWords({ detail: { duty: 'unit', from: 'dispatched', to: 'handling', verb: 'accept', version: 5 } }, words, states)).toBe('已派遣 → 处置中')
    expect(seenWords({ detail: { by: 'password', ip: '127.0.0.1' } }, words, states)).toBe('方式 密码 · IP 127.0.0.1')
  })

  it('shows what it has no words for as it is written', () => {
    expect(actionWords('thing.done', words)).toBe('thing.done')
    expect(subjectWords('thing:7', words)).toBe('thing:7')
    expect(valueWords('thing', { note: 'a', more: [1, 2] }, words, states)).toBe('说明 a · more 1 2')
  })

  it('says whether something is so, and in a row only what is', () => {
    expect([true, false].map((is) => valueWords('reporter', is, words, states))).toEqual(['是', '否'])
    expect(seenWords({ detail: { reporter: true, code: 'a', kept: false } }, words, states)).toBe('看到报告人 · 编码 a')
  })
})
