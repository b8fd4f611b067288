import type { CaseRow } from '../api/types'
import { language, say } from '../i18n/language'

const HAN = /\p{Script=Han}/u

const capital = (words: string): string => words.charAt(0).toUpperCase() + words.slice(1)

type Titled = Pick<CaseRow, 'title'> & Partial<Pick<CaseRow, 'class_en'>>

/** What the case is called: its title or, for an English reader of a Chinese one, its class. */
export const titleOf = (row: Titled): string => (language.value === 'en' && row.class_en && HAN.test(row.title) ? capital(row.class_en) : row.title)

type Located = Pick<CaseRow, 'address' | 'place_zh' | 'place_en'>

/** Where it is, in one short line: the address or, for an English reader of a Chinese one, the smallest place around it. */
export const whereOf = (row: Located): string =>
  row.address && !(language.value === 'en' && row.place_en && HAN.test(row.address)) ? row.address : say(row, 'place').split(', ')[0]!

/** The address without the divisions that stand before it anyway; '' where it says no more than they do. */
export function addressBeyond(address: string | null, chainZh: string): string {
  const said = address?.trim() ?? ''
  if (chainZh.includes(said)) return ''
  return said.startsWith(chainZh) ? said.slice(chainZh.length).trim() : said
}
