import { describe, expect, it } from 'vitest'
import { ApiClient, Problem } from '@shared/api/client'
import { language } from '@shared/i18n'
import { draftOf } from '../src/masters/draft'
import { differing, effectWords, formOf, found, keyOf, MastersDoors, monthsOf, pressed, readWaiting, sent, sheetOf, tomorrowOf, waiting, words, type Day, type Field, type Row, type Square, type Table } from '../src/masters/masters'
import en from '../src/words/en'
import zh from '../src/words/zh'

const field = (name: string, kind: Field['kind'], said: Partial<Field> = {}): Field => ({ name, kind, zh: name, en: name, moves: false, may_be_empty: false, most: 100, choices: [], ...said })
const STAGE: Table = {
  name: 'stage', zh: '环节时限', en: 'Stage limits', key: [field('state', 'choice')], moves: true, may_add: true, may_end: true, may_propose: true, may_confirm: true, waiting: 0,
  fields: [field('limit_value', 'number'), field('limit_unit', 'choice', { choices: [{ code: 'natural_hour', zh: '自然时', en: 'hours' }] }), field('unit_id', 'unit'), field('proof', 'flag'), field('duties', 'many', { choices: [{ code: 'unit', zh: '处置单位', en: 'responsible unit' }] })],
}
const row = (said: Partial<Row>): Row => ({ id: 1, key: 'checking', title_zh: '待核查', title_en: 'being checked', values: { limit_value: 1, limit_unit: 'natural_hour' }, version: 1, valid_from: '2004-01-01', valid_to: null, confidence: 'constructed', source: 'ours', in_force: true, announced: null, waiting: null, ...said })
const shown = (one: Field, value: unknown): string => words(one, value, (id) => `unit ${id}`, 'yes', 'no')
const [LIMIT, UNIT, OWNER, PROOF, DUTIES] = STAGE.fields as [Field, Field, Field, Field, Field]

const answering = (status: number, body: unknown, seen: { path: string; body: unknown }[] = []): MastersDoors =>
  new MastersDoors(new ApiClient({ language: () => 'en', retryAfterMs: [], fetch: (async (path: string, init?: RequestInit) => {
    seen.push({ path, body: init?.body ? JSON.parse(String(init.body)) : null })
    return new Response(JSON.stringify(body), { status })
  }) as typeof fetch }))

describe('a row', () => {
  it('is found by every word of its key, names and texts, in any case', () => {
    const rows = [row({}), row({ key: 'dispatched', title_en: 'dispatched', title_zh: '已派遣', values: { condition_en: 'Main road' } })]
    expect(found(rows, '').length).toBe(2)
    expect(found(rows, 'MAIN disp').map((one) => one.key)).toEqual(['dispatched'])
    expect(found(rows, '核查').map((one) => one.key)).toEqual(['checking'])
    expect(found(rows, 'moon')).toEqual([])
  })

  it('becomes a form and comes back as numbers, nothing, and what cannot be read', () => {
    const form = formOf(STAGE, { limit_value: 2.5, limit_unit: 'natural_hour', unit_id: null, proof: true, duties: ['unit'] })
    expect(form).toEqual({ limit_value: '2.5', limit_unit: 'natural_hour', unit_id: '', proof: true, duties: ['unit'] })
    expect(sent(STAGE, form)).toEqual({ limit_value: 2.5, limit_unit: 'natural_hour', unit_id: null, proof: true, duties: ['unit'] })
    expect(sent(STAGE, { ...form, limit_value: '2 moons' }).limit_value).toBe('2 moons')
  })

  it('is shown in words', () => {
    language.value = 'en'
    expect(shown(LIMIT, 0.16666666)).toBe('0.167')
    expect(shown(UNIT, 'natural_hour')).toBe('hours')
    expect(shown(OWNER, 7)).toBe('unit 7')
    expect(shown(PROOF, false)).toBe('no')
    expect(shown(DUTIES, ['unit'])).toBe('responsible unit')
    expect(shown(LIMIT, null)).toBe('—')
    language.value = 'zh'
    expect(shown(UNIT, 'natural_hour')).toBe('自然时')
  })

  it('differs where it says something else; a new one where it says anything', () => {
    expect(differing(STAGE.fields, { limit_value: 1, limit_unit: 'x' }, { limit_value: 2, limit_unit: 'x' }).map((one) => one.name)).toEqual(['limit_value'])
    expect(differing([LIMIT, UNIT], null, { limit_value: 2, limit_unit: '' }).map((one) => one.name)).toEqual(['limit_value'])
  })

  it('has a key of its parts', () => {
    expect(keyOf({ ...STAGE, key: [field('kind', 'choice'), field('code', 'text')] }, { kind: 'event', code: ' 0102 ' })).toBe('event:0102')
  })

  it('goes into a spreadsheet with what it says', () => {
    language.value = 'en'
    const [head, line] = sheetOf(STAGE, [row({ values: { limit_value: 1, limit_unit: 'natural_hour', duties: ['unit'] } })], ['key', 'name', 'version', 'from', 'until', 'basis', 'source'])
    expect(head).toHaveLength(12)
    expect(line).toEqual(['checking', 'being checked', 1, '2004-01-01', null, 'constructed', 'ours', 1, 'natural_hour', null, null, '["unit"]'])
  })
})

describe('a preview', () => {
  it('tells counts, shares in percent, and words', () => {
    expect(effectWords({ kind: 'count' }, 12_345)).toBe('12,345')
    expect(effectWords({ kind: 'share' }, 0.9236)).toBe('92.4 %')
    expect(effectWords({ kind: 'text' }, 'done')).toBe('done')
    expect(effectWords({ kind: 'count' }, null)).toBe('—')
  })
})

describe('a year of the calendar', () => {
  const special: Day[] = [{ day: '2026-01-01', kind: 'holiday', name: '元旦' }, { day: '2026-01-03', kind: 'holiday', name: '元旦' }, { day: '2026-01-04', kind: 'makeup', name: '元旦' }]
  const square = (day: string, changes: Day[] = []): Square => {
    const one = monthsOf(2026, special, changes).flat().find((item) => item?.day === day)
    if (!one) throw new Error(`no square for ${day}`)
    return one
  }
  const after = (day: string, changes: Day[] = []): Day[] => pressed(square(day, changes), special, changes, '市庆')

  it('has every day once, Monday first', () => {
    const months = monthsOf(2026, special, [])
    expect(months.flat().filter(Boolean)).toHaveLength(365)
    expect(monthsOf(2028, [], []).flat().filter(Boolean)).toHaveLength(366)
    expect(months[0]?.slice(0, 4)).toEqual([null, null, null, expect.objectContaining({ day: '2026-01-01', kind: 'holiday' })])
    expect(square('2026-01-04')).toMatchObject({ weekend: true, kind: 'makeup' })
  })

  it('takes a press: a weekday off, a weekend worked, and back again', () => {
    for (const [day, kind] of [['2026-01-05', 'holiday'], ['2026-01-01', 'ordinary'], ['2026-01-10', 'makeup'], ['2026-01-03', 'makeup'], ['2026-01-04', 'ordinary']] as const) {
      const once = after(day)
      expect(once).toEqual([{ day, kind, name: '市庆' }])
      expect(square(day, once).changed).toBe(true)
      expect(after(day, once), `${day} as it was is no change`).toEqual([])
    }
  })

  it('keeps several changes in the order of the days', () => {
    expect(after('2026-01-05', after('2026-02-10')).map((one) => one.day)).toEqual(['2026-01-05', '2026-02-10'])
  })

  it('begins a change tomorrow', () => {
    expect(tomorrowOf('2026-12-31')).toBe('2027-01-01')
  })
})

describe('a draft', () => {
  it('asks for the effect of what is written, and sends the reason with the proposal', async () => {
    const seen: { path: string; body: unknown }[] = []
    const draft = draftOf(answering(200, { lines: [], notes: [], sample: [], four_eyes: true }, seen), () => STAGE, () => row({}), '2026-11-24')
    draft.fill(row({}).values)
    expect(draft.touched.value).toBe(false)
    draft.form.limit_value = '3'
    expect(draft.touched.value).toBe(true)
    await draft.preview()
    expect(draft.effect.value?.four_eyes).toBe(true)
    draft.why.value = ' 会议纪要 '
    await draft.propose()
    expect(seen.map((one) => one.path)).toEqual(['/api/v1/masters/proposals/preview', '/api/v1/masters/proposals'])
    expect(seen[1]?.body).toMatchObject({ table: 'stage', key: 'checking', why: '会议纪要', valid_from: '2026-11-24', ends: false, values: { limit_value: 3 } })
  })

  it('of an end sends no values, and of the calendar no day', async () => {
    const seen: { path: string; body: unknown }[] = []
    const doors = answering(200, {}, seen)
    const draft = draftOf(doors, () => STAGE, () => row({}), '2026-11-24')
    draft.fill(row({}).values)
    draft.ends.value = true
    await draft.propose(9)
    expect(seen[0]).toMatchObject({ path: '/api/v1/masters/proposals/9', body: { ends: true, values: {} } })
    const calendar = draftOf(doors, () => ({ ...STAGE, name: 'calendar' }), () => row({ key: 'cn:2026' }), '2026-11-24')
    calendar.fill({})
    await calendar.preview()
    expect(seen[1]?.body).toMatchObject({ key: 'cn:2026', valid_from: null })
  })

  it('keeps what is wrong beside its field', async () => {
    const draft = draftOf(answering(422, { status: 422, detail: 'this cannot be proposed', fields: { limit_value: 'a number greater than 0' } }), () => STAGE, () => row({}), '2026-11-24')
    draft.fill(row({}).values)
    await draft.preview()
    expect(draft.effect.value).toBeNull()
    expect(draft.wrong.value).toBe('this cannot be proposed')
    expect(Object.keys(draft.fields.value)).toEqual(['limit_value'])
    expect(draft.busy.value).toBe(false)
  })
})

describe('what waits for my eyes', () => {
  it('is counted for the rail', async () => {
    await readWaiting(new ApiClient({ language: () => 'en', fetch: (async () => new Response('{"count":3}')) as unknown as typeof fetch }))
    expect(waiting.value).toBe(3)
    waiting.value = 0
  })

  it('fails as a problem that the caller sees', async () => {
    await expect(answering(403, { status: 403, detail: 'no' }).waiting()).rejects.toBeInstanceOf(Problem)
  })
})

it('the page has the same words in both languages', () => {
  const names = (words: object): string[] => Object.entries(words).flatMap(([name, value]) => (typeof value === 'string' ? [name] : names(value as object).map((one) => `${name}.${one}`)))
  expect(names(zh.masters)).toEqual(names(en.masters))
})
