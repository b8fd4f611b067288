import { describe, expect, it } from 'vitest'
import type { CaseAction, HistoryEntry } from '@shared/api/types'
import { asComment, choicesOf, sinceSeen } from '../src/unsent/conflict'

const may = (...verbs: string[]): CaseAction[] => verbs.map((verb) => ({ verb, zh: verb, en: verb, key: null, primary: false, duty: 'collector', fields: [] }))
const step = (verb: string) => ({ body: { verb, note: '井盖已复位' }, state: 'stale' as const, title: '核查：污水井盖' })
const entry = (seq: number, at: string): HistoryEntry => ({ seq, at }) as HistoryEntry

describe('a step that the platform did not take', () => {
  it('may go again where the loop still allows it, and may stay as a comment', () => {
    expect(choicesOf(step('pass'), { actions: may('pass', 'fail', 'comment'), version: 9 }, 8)).toEqual(['again', 'comment'])
  })

  it('is offered as a comment alone where somebody has done it already', () => {
    expect(choicesOf(step('pass'), { actions: may('comment'), version: 9 }, 8)).toEqual(['comment'])
  })

  it('is not offered again unchanged where nothing moved: it would be refused again', () => {
    expect(choicesOf({ ...step('pass'), state: 'refused' }, { actions: may('pass', 'comment'), version: 8 }, 8)).toEqual(['comment'])
  })

  it('keeps what was said when it becomes a comment', () => {
    expect(asComment(step('pass'))).toEqual({ verb: 'comment', note: '核查：污水井盖 · 井盖已复位' })
  })

  it('shows what happened after it was written, and the last step where clocks differ', () => {
    const history = [entry(1, '2026-11-22T08:00:00Z'), entry(2, '2026-11-22T09:30:00Z')]
    expect(sinceSeen({ history }, Date.parse('2026-11-22T09:00:00Z')).map((one) => one.seq)).toEqual([2])
    expect(sinceSeen({ history }, Date.parse('2026-11-22T10:00:00Z')).map((one) => one.seq)).toEqual([2])
  })
})
