import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { parse } from 'vue/compiler-sfc'
import { describe, expect, it } from 'vitest'
import citizenEn from '../../citizen/src/words/en'
import citizenZh from '../../citizen/src/words/zh'
import consoleEn from '../../console/src/words/en'
import consoleZh from '../../console/src/words/zh'
import fieldEn from '../../field/src/words/en'
import fieldZh from '../../field/src/words/zh'
import type { Messages } from '../src/i18n'
import sharedEn from '../src/i18n/en'
import sharedZh from '../src/i18n/zh'

const WEB = join(import.meta.dirname, '../..')
const APPS: Record<string, [zh: Messages, en: Messages]> = {
  console: [consoleZh, consoleEn], field: [fieldZh, fieldEn], citizen: [citizenZh, citizenEn],
}

/** Key of every sentence, with its placeholders. */
function keysOf(messages: Messages, before = ''): Map<string, string> {
  return new Map(Object.entries(messages).flatMap(([name, value]) =>
    typeof value === 'string' ? [[before + name, value] as const] : [...keysOf(value, `${before}${name}.`)]))
}

const holes = (sentence: string): string[] => [...sentence.matchAll(/\{(\w+)\}/g)].map((match) => match[1]!).sort()

function filesOf(folder: string, end: string): string[] {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith(end))
    .map((entry) => join(entry.parentPath, entry.name))
}

const SOURCES = ['shared', 'console', 'field', 'citizen'].flatMap((app) => filesOf(join(WEB, app, 'src'), '.vue'))

/** Names that are the same in every language, and keys as they stand on the caps. */
const ALIKE = /^(Gridloop|Ctrl|Esc|Tab|EN|[JK])$/
const SPOKEN_ATTRIBUTES = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label'])
const SENTENCE = /[\p{Script=Han}]|[A-Za-z]{2,}/u

interface TemplateNode {
  type: number
  content?: unknown
  children?: TemplateNode[]
  props?: { type: number; name: string; value?: { content: string } }[]
  branches?: TemplateNode[]
}

/** Every text and spoken attribute of a template that is not taken from the words. */
function bareIn(node: TemplateNode): string[] {
  const found: string[] = []
  if (node.type === 2 && typeof node.content === 'string') found.push(node.content.trim())
  for (const prop of node.props ?? []) {
    if (prop.type === 6 && SPOKEN_ATTRIBUTES.has(prop.name) && prop.value) found.push(prop.value.content)
  }
  return [...found.filter((text) => SENTENCE.test(text) && !ALIKE.test(text)), ...(node.children ?? []).flatMap(bareIn)]
}

describe.each([['shared', [sharedZh, sharedEn]] as const, ...Object.entries(APPS)])('the words of %s', (_name, [zh, en]) => {
  it('are complete in both languages, with the same placeholders', () => {
    const chinese = keysOf(zh)
    const english = keysOf(en)
    expect([...english.keys()].sort()).toEqual([...chinese.keys()].sort())
    for (const [key, sentence] of chinese) expect([key, holes(english.get(key) ?? '')]).toEqual([key, holes(sentence)])
  })

  it('say something', () => {
    for (const [key, sentence] of [...keysOf(zh), ...keysOf(en)]) expect([key, sentence.trim()]).not.toEqual([key, ''])
  })
})

it.each(SOURCES.map((file) => [relative(WEB, file), file]))('%s has no bare sentence in its template', (_name, file) => {
  const { descriptor } = parse(readFileSync(file, 'utf8'))
  const ast = descriptor.template?.ast as unknown as TemplateNode | undefined
  expect(ast ? bareIn(ast) : []).toEqual([])
})

it.each(Object.keys(APPS))('%s names only words that exist', (app) => {
  const [zh] = APPS[app]!
  const known = new Set([...keysOf(sharedZh).keys(), ...keysOf(zh).keys()])
  const wanted = [...filesOf(join(WEB, app, 'src'), '.vue'), ...filesOf(join(WEB, app, 'src'), '.ts')].flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bt\('([\w.]+)'/g)].map((match) => match[1]!))
  expect(wanted.filter((key) => !known.has(key))).toEqual([])
})
