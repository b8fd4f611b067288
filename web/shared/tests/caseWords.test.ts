import { afterEach, describe, expect, it } from 'vitest'
import { language } from '../src/i18n/language'
import { addressBeyond, titleOf, whereOf } from '../src/ui/caseWords'

afterEach(() => {
  language.value = 'zh'
})

describe('a case in a list', () => {
  it('has the title of the report, for an English reader of a Chinese one its class', () => {
    const row = { title: '井盖不见了', class_en: 'sewer cover' }
    expect(titleOf(row)).toBe('井盖不见了')
    language.value = 'en'
    expect(titleOf(row)).toBe('Sewer cover')
    expect(titleOf({ title: 'a cover is gone', class_en: 'sewer cover' })).toBe('a cover is gone')
    expect(titleOf({ title: '井盖不见了' })).toBe('井盖不见了')
  })

  it('has its address, for an English reader of a Chinese one its place', () => {
    const row = { address: '文灶路 2 号', place_zh: '文灶社区', place_en: 'Wenzao, Wucun Subdistrict' }
    expect(whereOf(row)).toBe('文灶路 2 号')
    language.value = 'en'
    expect(whereOf(row)).toBe('Wenzao')
  })
})

it('an address says nothing twice that the divisions before it say', () => {
  expect(addressBeyond('厦门市思明区盈翠社区', '厦门市思明区盈翠社区')).toBe('')
  expect(addressBeyond('厦门市思明区文灶路 2 号', '厦门市思明区')).toBe('文灶路 2 号')
  expect(addressBeyond('文灶路 2 号', '厦门市思明区')).toBe('文灶路 2 号')
  expect(addressBeyond(null, '厦门市')).toBe('')
})
