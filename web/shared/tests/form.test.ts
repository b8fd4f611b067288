import { flushPromises, mount } from '@vue/test-utils'
import { defineComponent, h } from 'vue'
import { describe, expect, it } from 'vitest'
import type { ActionField, CaseAction, CaseCard, CaseClass, Unit } from '../src/api/types'
import CaseForm from '../src/form/CaseForm.vue'
import ComboBox from '../src/form/ComboBox.vue'
import { matching, unitChoices } from '../src/form/match'
import { formSources, provideSources } from '../src/form/sources'
import { bodyOf, cityMoment, wrongs } from '../src/form/values'
import { appWords } from '../src/i18n'

const field = (name: string, kind: ActionField['kind'], more: Partial<ActionField> = {}): ActionField => ({ name, kind, required: true, zh: name, en: name, ...more })

const UNITS: Unit[] = [
  { id: 4, code: 'U4', path: '0001', kind: 'municipal', name_zh: '思明市政', name_en: 'Siming Municipal Works', area: '350203', parent_id: null },
  { id: 7, code: 'U7', path: '0002', kind: 'drainage', name_zh: '市排水中心', name_en: 'City Drainage Centre', area: '3502', parent_id: null },
]
const CLASSES: CaseClass[] = [
  { kind: 'component', code: '0102', name_zh: '污水井盖', name_en: 'Sewer cover', class_zh: '公用设施', class_en: 'Utilities', dept_kind: 'municipal', urgency: 'emergency', rules: [{ rule_no: 1, condition_zh: '缺失、移位', condition_en: 'missing', limit: '2', unit: 'h' }, { rule_no: 2, condition_zh: '破损', condition_en: 'broken', limit: '24', unit: 'h' }] },
]

/** A form in front of a city with two units and one class. */
function formOf(action: CaseAction, card: Partial<CaseCard> = {}) {
  const sources = formSources({
    classes: async () => ({ items: CLASSES }), units: async () => ({ items: UNITS }),
    upload: async () => ({ id: 'p1', thumb: '', url: '', lon: null, lat: null, taken_at: null }),
  })
  let sent: unknown = null
  const Desk = defineComponent({
    setup() {
      provideSources(sources)
      return () => h(CaseForm, { action, card: { class_kind: 'component', class_code: '0102', ...card } as CaseCard, sending: false, onSubmit: (body: unknown) => { sent = body } })
    },
  })
  const page = mount(Desk, { global: { plugins: [appWords({}, {})] }, attachTo: document.body })
  return { page, sentBody: () => sent }
}

const action = (...fields: ActionField[]): CaseAction => ({ verb: 'finish', zh: '处置完成', en: 'finish', key: 'F', primary: true, duty: 'unit', fields })

describe('what is said with a step', () => {
  it('is missing by name until it is there', () => {
    const fields = [field('note', 'text'), field('photos', 'photos', { min: 2 }), field('hours', 'hours', { max: 48 }), field('into', 'case')]
    expect(wrongs(fields, { note: ' ', photos: ['a'], hours: 99, into: '731' }).map((one) => [one.name, one.key])).toEqual([
      ['note', 'need'], ['photos', 'needPhotos'], ['hours', 'badHours'], ['into', 'badCase'],
    ])
    expect(wrongs(fields, { note: '好了', photos: ['a', 'b'], hours: '24', into: '20261122-000731' })).toEqual([])
  })

  it('is not asked for where it may stay empty', () => {
    expect(wrongs([field('note', 'text', { required: false }), field('photos', 'photos', { required: false })], {})).toEqual([])
  })

  it('goes out as the step door takes it, the empty left out', () => {
    const fields = [field('class', 'class'), field('rule', 'rule'), field('unit', 'unit'), field('units', 'units'), field('until', 'datetime'), field('note', 'text'), field('rating', 'rating')]
    expect(bodyOf(fields, { class: 'component:0102', rule: '2', unit: '4', units: ['4', '7'], until: '2026-11-30T18:00', note: '  ', rating: 5 })).toEqual({
      class: 'component:0102', rule: 2, unit: 4, units: [4, 7], until: '2026-11-30T18:00:00+08:00', rating: 5,
    })
  })

  it('keeps a moment that names its zone', () => {
    expect(cityMoment('2026-11-30T18:00:00Z')).toBe('2026-11-30T18:00:00Z')
  })
})

describe('the form of a step', () => {
  it('asks for what is missing instead of sending', async () => {
    const { page, sentBody } = formOf(action(field('note', 'text', { zh: '说明' })))
    await page.find('form').trigger('submit')
    expect(sentBody()).toBeNull()
    expect(page.find('[role=alert]').text()).toBe('请填写：说明')
    expect(page.find('button[type=submit]').text()).toContain('说明')
  })

  it('sends what was written', async () => {
    const { page, sentBody } = formOf(action(field('note', 'text')))
    await page.find('textarea').setValue('井盖已复位')
    await page.find('form').trigger('submit')
    expect(sentBody()).toEqual({ note: '井盖已复位' })
  })

  it('starts from the class of the case and offers its filing conditions', async () => {
    const { page, sentBody } = formOf(action(field('class', 'class'), field('rule', 'rule')))
    await flushPromises()
    expect(page.find<HTMLInputElement>('[role=combobox]').element.value).toBe('污水井盖')
    expect(page.findAll('select option').map((one) => one.text())).toEqual(['请选择', '缺失、移位 · 时限 2 h', '破损 · 时限 24 h'])
    await page.find('select').setValue('2')
    await page.find('form').trigger('submit')
    expect(sentBody()).toEqual({ class: 'component:0102', rule: 2 })
  })

  it('begins with the unit that routing suggests', async () => {
    const { page, sentBody } = formOf(action(field('unit', 'unit', { options: [{ value: '7', zh: '市排水中心', en: 'City Drainage Centre' }] })))
    await flushPromises()
    await page.find('form').trigger('submit')
    expect(sentBody()).toEqual({ unit: 7 })
  })
})

describe('finding one of many', () => {
  it('matches every word in either language, beginnings first', () => {
    const choices = unitChoices(UNITS, true)
    expect(matching(choices, '排水', 5).map((one) => one.value)).toEqual(['7'])
    expect(matching(choices, 'works siming', 5).map((one) => one.value)).toEqual(['4'])
    expect(matching(choices, '思明 排水', 5)).toEqual([])
  })

  it('is chosen with arrows and Enter', async () => {
    const box = mount(ComboBox, { props: { choices: unitChoices(UNITS, true), label: '单位', modelValue: '' }, global: { plugins: [appWords({}, {})] } })
    const input = box.find('input')
    await input.trigger('keydown', { key: 'ArrowDown' })
    await input.trigger('keydown', { key: 'ArrowDown' })
    await input.trigger('keydown', { key: 'Enter' })
    expect(box.emitted('update:modelValue')).toEqual([['7']])
  })
})
