import type { Language } from './types'

type Sentences = readonly [zh: string, en: string]

const REQUIRED: Sentences = ['请填写这一项。', 'Please fill this in.']
const NOT_LISTED: Sentences = ['请从列表中选择。', 'Please choose one from the list.']
const TOO_LONG: Sentences = ['内容过长，请缩短。', 'This is too long; please shorten it.']
const TOO_MANY: Sentences = ['数量过多，请减少。', 'These are too many; please take some away.']
const OUTSIDE: Sentences = ['超出了您的管辖范围。', 'This lies outside what you are responsible for.']
const OUT_OF_RANGE: Sentences = ['数值超出允许范围。', 'This value is out of range.']
const WRONG: Sentences = ['填写有误，请核对。', 'This is not right; please check it.']
const FORMAT: Sentences = ['格式不对，请核对。', 'This is not in the expected form; please check it.']

/** What the server says is wrong with a field, by its short word, as a sentence. */
const OF_WORD: Readonly<Record<string, Sentences>> = {
  required: REQUIRED, missing: REQUIRED, empty: REQUIRED, none: REQUIRED, 'say what is wrong': ['请写明是什么问题。', 'Please say what is wrong.'],
  unknown: ['没有找到，请核对。', 'This is not known; please check it.'], 'unknown field': ['这一步不需要这一项。', 'This step does not take this.'],
  'not on the list': NOT_LISTED, 'kind and code go together': ['请重新选择类别。', 'Please choose the class again.'],
  wrong: WRONG, taken: ['已被占用，请换一个。', 'This is taken; please choose another one.'], yourself: ['不能选择自己。', 'You cannot choose yourself.'],
  outside: OUTSIDE, 'outside your area': OUTSIDE, range: OUT_OF_RANGE, 'out of range': OUT_OF_RANGE, 'out of reach': OUT_OF_RANGE,
  'too long': TOO_LONG, 'too many': TOO_MANY, 'too early': ['时间太早了。', 'This is too early.'], 'too late': ['时间太晚了。', 'This is too late.'],
  length: ['长度不符合要求。', 'This does not have the right length.'], guessable: ['太容易被猜到，请换一个。', 'This is too easy to guess; please choose another one.'],
  digits: ['只能是数字。', 'Digits only, please.'], '11 digits': ['手机号是 11 位数字。', 'A telephone number has 11 digits.'],
}

/** Words of the server's schema check, which speaks of types, by how they begin. */
const BEGINNINGS: readonly (readonly [RegExp, Sentences])[] = [
  [/^Field required/, REQUIRED],
  [/^String should have at least/, REQUIRED],
  [/^String should have at most/, TOO_LONG],
  [/^List should have at most/, TOO_MANY],
  [/^Input should be (greater|less)/, OUT_OF_RANGE],
  [/^(Input|Value|String) should/, FORMAT],
  [/^Value error/, FORMAT],
]

const AT_MOST = /^at most (\d+) (characters|photo ids)$/

function atMost(word: string, language: Language): string {
  const [, count, what] = AT_MOST.exec(word) ?? []
  if (!count) return ''
  if (what === 'characters') return language === 'zh' ? `最多 ${count} 个字。` : `At most ${count} characters.`
  return language === 'zh' ? `最多 ${count} 张照片。` : `At most ${count} photos.`
}

/** The sentence for one field: that of the known word, else what the whole problem says (`detail`). */
export function fieldSentence(word: string, detail: string, language: Language): string {
  const known = OF_WORD[word] ?? BEGINNINGS.find(([beginning]) => beginning.test(word))?.[1]
  if (known) return known[language === 'zh' ? 0 : 1]
  return atMost(word, language) || detail
}
