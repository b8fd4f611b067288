import type { CaseAction, CaseCard } from '@shared/api/types'
import { conditionsOf, type Condition } from './conditions'
import type { TaskForm } from './taskDraft'

/** What is missing for a verdict, in the order of the screen. */
export type Lack = { what: 'photos' } | { what: 'class' } | { what: 'note' } | { what: 'answer'; condition: Condition } | { what: 'no' }

/** The verdicts of the two tasks: the good one on the right. */
export const VERBS = { verify: { yes: 'confirm', no: 'not_found' }, check: { yes: 'pass', no: 'fail' } } as const
export type Verb = 'confirm' | 'not_found' | 'pass' | 'fail'

/** What keeps this verb from being said; the server's own list of fields, and the closing conditions on top. */
export function lacking(card: Pick<CaseCard, 'rule' | 'actions'>, form: TaskForm, verb: Verb): Lack[] {
  const action = card.actions.find((one) => one.verb === verb)
  const lacks: Lack[] = []
  if (wants(action, 'photos') > form.shots.length) lacks.push({ what: 'photos' })
  if (verb === 'pass') lacks.push(...unanswered(card, form))
  if (verb === 'pass' && conditionsOf(card).some(({ zh }) => form.answers[zh] === false)) lacks.push({ what: 'no' })
  if (wants(action, 'class') > 0 && !form.classCode) lacks.push({ what: 'class' })
  if (wants(action, 'note') > 0 && !form.note.trim() && !saidByAnswers(card, form, verb)) lacks.push({ what: 'note' })
  return lacks
}

function unanswered(card: Pick<CaseCard, 'rule'>, form: TaskForm): Lack[] {
  return conditionsOf(card).filter(({ zh }) => form.answers[zh] === undefined).map((condition) => ({ what: 'answer', condition }))
}

/** A condition answered no is a reason in itself. */
function saidByAnswers(card: Pick<CaseCard, 'rule'>, form: TaskForm, verb: Verb): boolean {
  return verb === 'fail' && conditionsOf(card).some(({ zh }) => form.answers[zh] === false)
}

function wants(action: CaseAction | undefined, name: string): number {
  const field = action?.fields.find((one) => one.name === name)
  return field?.required ? (field.min ?? 1) : 0
}

/** The body of the step: note with the answers to the conditions, and the class where it is asked for. */
export function stepBody(card: Pick<CaseCard, 'rule' | 'actions'>, form: TaskForm, verb: Verb, language: 'zh' | 'en'): Record<string, unknown> {
  const body: Record<string, unknown> = { verb }
  const answers = conditionsOf(card).filter(({ zh }) => form.answers[zh] !== undefined)
  const zh = language === 'zh'
  const answered = verb === 'pass' || verb === 'fail' ? answers.map((one) => `${zh ? one.zh : one.en}${zh ? '：' : ': '}${yesNo(form.answers[one.zh] === true, zh)}`) : []
  const note = [form.note.trim(), answered.join(zh ? '；' : '; ')].filter(Boolean).join(zh ? '。' : '. ')
  if (note) body.note = note
  const asks = card.actions.find((one) => one.verb === verb)?.fields.some((field) => field.name === 'class')
  if (asks && form.classCode) body.class = `${form.classKind}:${form.classCode}`
  return body
}

const yesNo = (yes: boolean, zh: boolean): string => (zh ? (yes ? '是' : '否') : yes ? 'yes' : 'no')
