import { describe, expect, it } from 'vitest'
import type { CaseAction, CaseRow, CaseRule } from '@shared/api/types'
import { conditionsOf } from '../src/task/conditions'
import type { TaskForm } from '../src/task/taskDraft'
import { lacking, stepBody } from '../src/task/verdict'
import { inOrder } from '../src/tasks'

const field = (name: string, required = true) => ({ name, kind: name as 'text', required, min: 1, zh: name, en: name })
const action = (verb: string, ...fields: CaseAction['fields']): CaseAction => ({ verb, zh: verb, en: verb, key: null, primary: true, duty: 'collector', fields })
const rule = (closing_zh: string, closing_en: string): CaseRule => ({
  rule_no: 1, condition_zh: '破损', condition_en: 'broken', closing_zh, closing_en, limit: 3, unit: 'working_day', tier: 'B', version: 1, confidence: 'constructed',
})
const RULE = rule('更换或调平,行车无异响', 'replaced or levelled, quiet')
const CHECK = { rule: RULE, actions: [action('pass', field('photos'), field('note', false)), action('fail', field('note'), field('photos'))] }
const VERIFY = { rule: null, actions: [action('confirm', field('class'), field('photos')), action('not_found', field('note'), field('photos'))] }
const shot = { key: 'a', name: 'a', type: 'image/jpeg', bytes: 1, takenAt: null, lon: null, lat: null, sentId: null }
const form = (over: Partial<TaskForm> = {}): TaskForm => ({ shots: [], answers: {}, note: '', classKind: '', classCode: '', classZh: '', classEn: '', ...over })

describe('the closing conditions', () => {
  it('are one question each', () => {
    expect(conditionsOf(CHECK).map((one) => [one.zh, one.en])).toEqual([['更换或调平', 'replaced or levelled'], ['行车无异响', 'quiet']])
  })

  it('stay whole where the two languages divide differently', () => {
    expect(conditionsOf({ rule: rule('停工并立案查处', 'stopped, case opened') })).toEqual([{ zh: '停工并立案查处', en: 'stopped, case opened' }])
  })

  it('are none where the rule has none', () => {
    expect(conditionsOf({ rule: null })).toEqual([])
  })
})

describe('a verdict', () => {
  it('of passing needs a photo and every answer', () => {
    expect(lacking(CHECK, form(), 'pass').map((one) => one.what)).toEqual(['photos', 'answer', 'answer'])
    expect(lacking(CHECK, form({ shots: [shot], answers: { 更换或调平: true, 行车无异响: true } }), 'pass')).toEqual([])
  })

  it('of passing is not possible over a no', () => {
    expect(lacking(CHECK, form({ shots: [shot], answers: { 更换或调平: true, 行车无异响: false } }), 'pass')).toEqual([{ what: 'no' }])
  })

  it('of failing needs words, or a condition answered no', () => {
    expect(lacking(CHECK, form({ shots: [shot] }), 'fail')).toEqual([{ what: 'note' }])
    expect(lacking(CHECK, form({ shots: [shot], answers: { 行车无异响: false } }), 'fail')).toEqual([])
    expect(lacking(CHECK, form({ shots: [shot], note: '还响' }), 'fail')).toEqual([])
  })

  it('of confirming needs the class', () => {
    expect(lacking(VERIFY, form({ shots: [shot] }), 'confirm')).toEqual([{ what: 'class' }])
  })

  it('carries the answers in its note, in the language of the screen', () => {
    const answered = form({ shots: [shot], note: '已看', answers: { 更换或调平: true, 行车无异响: false } })
    expect(stepBody(CHECK, answered, 'fail', 'zh')).toEqual({ verb: 'fail', note: '已看。更换或调平：是；行车无异响：否' })
    expect(stepBody(CHECK, answered, 'fail', 'en').note).toBe('已看. replaced or levelled: yes; quiet: no')
  })

  it('names the class as the server reads it', () => {
    expect(stepBody(VERIFY, form({ classKind: 'event', classCode: '0110' }), 'confirm', 'zh')).toEqual({ verb: 'confirm', class: 'event:0110' })
    expect(stepBody(VERIFY, form({ classKind: 'event', classCode: '0110', note: '没有' }), 'not_found', 'zh')).toEqual({ verb: 'not_found', note: '没有' })
  })
})

describe('the order of the walk', () => {
  const now = Date.parse('2026-11-22T09:00:00+08:00')
  const row = (number: string, lat: number, due: string): CaseRow => ({ number, lon: 118, lat, due_at: `2026-11-22T${due}:00+08:00`, stage_due_at: null }) as CaseRow
  const rows = [row('far', 24.05, '18:00'), row('near', 24.001, '20:00'), row('pressing', 24.09, '09:20')]
  const fix = { lon: 118, lat: 24, accuracyM: 5, at: now }

  it('puts what is nearly late first, then walks on from there', () => {
    expect(inOrder(rows, fix, 'walk', now).map((one) => one.number)).toEqual(['pressing', 'far', 'near'])
  })

  it('is by time on demand and without a position', () => {
    expect(inOrder(rows, fix, 'due', now).map((one) => one.number)).toEqual(['pressing', 'far', 'near'])
    expect(inOrder(rows, null, 'walk', now).map((one) => one.number)).toEqual(['pressing', 'far', 'near'])
  })
})
