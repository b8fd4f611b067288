import { language } from './language'

/** Several words in a row, divided as the reader's language divides them. */
export const listed = (words: readonly string[]): string => words.join(language.value === 'zh' ? '、' : ', ')
