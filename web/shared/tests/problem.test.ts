import { describe, expect, it } from 'vitest'
import { learnPeople, learnSeats, learnUnits, seatName } from '../src/api/seats'
import { problemOf } from '../src/api/problem'
import type { Language, Site, Unit } from '../src/api/types'
import { language } from '../src/i18n/language'

const answer = (fields: Record<string, string | string[]>): Response =>
  new Response(JSON.stringify({ detail: '授权的截止时间早于开始时间', fields }), { status: 422 })
const fieldsIn = async (said: Language, fields: Record<string, string | string[]>): Promise<Record<string, string>> => (await problemOf(answer(fields), said)).fields

describe('what is wrong with a field', () => {
  it('is a sentence in the language of the reader', async () => {
    expect(await fieldsIn('zh', { note: 'required' })).toEqual({ note: '请填写这一项。' })
    expect(await fieldsIn('en', { note: 'required' })).toEqual({ note: 'Please fill this in.' })
  })

  it('is understood when the schema says it', async () => {
    expect(await fieldsIn('zh', { login: 'Field required', name: 'String should have at most 64 characters', since: 'Input should be a valid datetime' })).toEqual({
      login: '请填写这一项。', name: '内容过长，请缩短。', since: '格式不对，请核对。',
    })
  })

  it('keeps the figures of a limit', async () => {
    expect(await fieldsIn('zh', { text: 'at most 4000 characters' })).toEqual({ text: '最多 4000 个字。' })
    expect(await fieldsIn('en', { photos: 'at most 9 photo ids' })).toEqual({ photos: 'At most 9 photos.' })
  })

  it('is what the whole problem says where its word is not known', async () => {
    expect(await fieldsIn('zh', { valid_to: 'some new word' })).toEqual({ valid_to: '授权的截止时间早于开始时间' })
  })
})

describe('the name of a seat', () => {
  it('is English for an English reader where the platform says it in both languages', () => {
    learnSeats({ demo_logins: [{ login: 'collector1', password: '', name: '', duty: 'collector', duty_zh: '采集员 C-0301 · 信息采集员(思明)', duty_en: 'Collector C-0301 · collector (Siming)' }] } as unknown as Site)
    learnUnits([{ name_zh: '思明区城管局', name_en: 'Siming Urban Management' }] as unknown as Unit[])
    language.value = 'en'
    const said = { '采集员 C-0301': 'Collector C-0301', '采集员 C-0001 · 信息采集员(全市)': 'Collector C-0001 · collector', '信息采集员(思明)': 'collector (Siming)', 思明区城管局: 'Siming Urban Management', 王小明: '王小明' }
    for (const [zh, en] of Object.entries(said)) expect(seatName(zh)).toBe(en)
    language.value = 'zh'
    expect(seatName('采集员 C-0301')).toBe('采集员 C-0301')
  })

  it('is what a person is called in English where somebody has said so', () => {
    learnPeople({ 陈伟: 'Chen Wei', 值班席: 'Front desk' })
    learnSeats({ demo_logins: [{ login: 'desk', password: '', name: '', duty: 'acceptor', duty_zh: '值班席', duty_en: 'Desk' }] } as unknown as Site)
    language.value = 'en'
    expect([seatName('陈伟'), seatName('值班席'), seatName('李强')]).toEqual(['Chen Wei', 'Front desk', '李强'])
    language.value = 'zh'
    expect(seatName('陈伟')).toBe('陈伟')
  })
})
