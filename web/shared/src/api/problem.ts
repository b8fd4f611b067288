import { fieldSentence } from './fieldWords'
import type { Language } from './types'

/** RFC 9457 answer of the server: `detail` is a sentence for the person at the desk, in their language. */
export interface ProblemBody {
  type?: string
  title?: string
  status?: number
  detail?: string
  reference?: string
  fields?: Record<string, string | string[]>
}

/** The server understood and said no, or failed and gave a reference. */
export class Problem extends Error {
  readonly status: number
  readonly type: string
  readonly title: string
  readonly reference: string
  /** What is wrong with each field, as a sentence. */
  readonly fields: Record<string, string>

  constructor(body: ProblemBody, status: number, sentence: string) {
    super(sentence)
    this.name = 'Problem'
    this.status = status
    this.type = body.type ?? 'about:blank'
    this.title = body.title ?? ''
    this.reference = body.reference ?? ''
    this.fields = Object.fromEntries(Object.entries(body.fields ?? {}).map(([name, why]) => [name, String(why)]))
  }

  /** Somebody else changed the thing since it was read. */
  get isStale(): boolean {
    return this.status === 412
  }

  get isSignedOut(): boolean {
    return this.status === 401
  }
}

/** The server was not reached; what was being said is still unsaid. */
export class Unreachable extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.name = 'Unreachable'
  }
}

/** Nothing was sent, because the page shows the past. */
export class Frozen extends Error {
  constructor(sentence: string) {
    super(sentence)
    this.name = 'Frozen'
  }
}

const FALLBACK: Record<Language, { failed: (status: number, reference: string) => string; unreachable: string }> = {
  zh: {
    failed: (status, reference) =>
      reference ? `服务器没有完成这一步（${status}），请报编号 ${reference}。` : `服务器没有完成这一步（${status}），请稍后再试。`,
    unreachable: '连不上服务器，填写的内容还在，联网后可以再试。',
  },
  en: {
    failed: (status, reference) =>
      reference
        ? `The server did not complete this (${status}); please quote ${reference}.`
        : `The server did not complete this (${status}); please try again.`,
    unreachable: 'The server cannot be reached. What you entered is kept; try again when connected.',
  },
}

/** Reads an error answer into a Problem whatever its body is. */
export async function problemOf(response: Response, language: Language): Promise<Problem> {
  let body: ProblemBody = {}
  try {
    const parsed: unknown = await response.json()
    if (parsed && typeof parsed === 'object') body = parsed as ProblemBody
  } catch {
    body = {}
  }
  const reference = body.reference ?? response.headers.get('X-Request-Id') ?? ''
  const sentence = typeof body.detail === 'string' && body.detail ? body.detail : FALLBACK[language].failed(response.status, reference)
  const fields = Object.fromEntries(
    Object.entries(body.fields ?? {}).map(([name, why]) => [name, [why].flat().map((word) => fieldSentence(String(word), sentence, language)).join(' ')]),
  )
  return new Problem({ ...body, reference, fields }, response.status, sentence)
}

export function unreachable(language: Language): Unreachable {
  return new Unreachable(FALLBACK[language].unreachable)
}

/** The sentence to show for anything that was thrown. */
export function sentenceOf(error: unknown): string {
  if (error instanceof Error) return error.message
  return String(error)
}
