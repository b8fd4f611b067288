import { language } from '../i18n/language'

const UNITS: Record<string, [zh: string, en: string]> = {
  natural_minute: ['分钟', 'min'],
  natural_hour: ['小时（自然时）', 'h (round the clock)'],
  working_hour: ['工作小时', 'working hours'],
  working_day: ['工作日', 'working days'],
  natural_day: ['天', 'days'],
}

/** A limit in words: 2 小时（自然时）; a unit that has no words is shown as it is. */
export function limitWords(limit: number | string | null | undefined, unit: string | null | undefined): string {
  if (limit === null || limit === undefined || limit === '') return ''
  const names = UNITS[unit ?? '']
  return `${String(limit)} ${names ? (language.value === 'zh' ? names[0] : names[1]) : (unit ?? '')}`.trim()
}
