import { beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiClient, queryString } from '../src/api/client'
import { Problem, Unreachable } from '../src/api/problem'

const json = (body: unknown, status = 200, type = 'application/json'): Response =>
  new Response(status === 204 ? null : JSON.stringify(body), { status, headers: { 'Content-Type': type } })

/** A server that gives these answers in turn; an Error in the list is a lost connection. */
function serverOf(...answers: (Response | Error)[]) {
  const asked: { url: string; init: RequestInit }[] = []
  const ask = vi.fn(async (url: string | URL | Request, init: RequestInit = {}) => {
    asked.push({ url: String(url), init })
    const answer = answers.shift()
    if (!answer) throw new Error('asked more often than expected')
    if (answer instanceof Error) throw answer
    return answer
  })
  return { asked, client: new ApiClient({ language: () => 'en', fetch: ask as unknown as typeof fetch, retryAfterMs: [0, 0] }) }
}

const headersOf = (init: RequestInit): Headers => new Headers(init.headers)

beforeEach(() => {
  document.cookie = 'csrftoken=token-of-the-page; path=/'
})

describe('a write', () => {
  it('carries the CSRF token, the language, an idempotency key and the version it was read at', async () => {
    const { client, asked } = serverOf(json({ number: '20261122-000731' }, 201))
    await client.post('/cases/20261122-000731/steps', { verb: 'accept' }, { version: 7 })
    const headers = headersOf(asked[0]!.init)
    expect(headers.get('X-CSRFToken')).toBe('token-of-the-page')
    expect(headers.get('Accept-Language')).toBe('en')
    expect(headers.get('If-Match')).toBe('"7"')
    expect(headers.get('Idempotency-Key')).toMatch(/^[0-9a-f-]{32,36}$/)
    expect(asked[0]!.init.body).toBe('{"verb":"accept"}')
  })

  it('is sent again under the same key when the answer was lost', async () => {
    const { client, asked } = serverOf(new TypeError('connection reset'), json({ ok: true }))
    await expect(client.post('/cases', {})).resolves.toEqual({ ok: true })
    expect(asked).toHaveLength(2)
    expect(headersOf(asked[0]!.init).get('Idempotency-Key')).toBe(headersOf(asked[1]!.init).get('Idempotency-Key'))
  })

  it('is not sent again when the server said no', async () => {
    const { client, asked } = serverOf(json({ status: 409, detail: 'case 1: finish needs a note' }, 409))
    await expect(client.post('/cases/1/steps', {})).rejects.toThrow('case 1: finish needs a note')
    expect(asked).toHaveLength(1)
  })
})

describe('a failure', () => {
  it('is the sentence of the problem, with its fields and reference', async () => {
    const { client } = serverOf(json({ type: 'urn:gridloop:problem:refused', status: 409, detail: 'a sentence', reference: 'r-1', fields: { note: 'required' } }, 409, 'application/problem+json'))
    const error: unknown = await client.get('/x').catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(Problem)
    expect(error).toMatchObject({ message: 'a sentence', reference: 'r-1', fields: { note: 'Please fill this in.' }, status: 409, isStale: false })
  })

  it('of a version that moved on is stale', async () => {
    const { client } = serverOf(json({ status: 412, detail: 'changed' }, 412))
    await expect(client.post('/x', {}, { version: 1 })).rejects.toMatchObject({ isStale: true })
  })

  it('without a body still names the status and the reference', async () => {
    const { client } = serverOf(new Response('<html>', { status: 500, headers: { 'X-Request-Id': 'req-9' } }))
    await expect(client.get('/x')).rejects.toThrow(/500.*req-9/)
  })

  it('to reach the server says so after the retries', async () => {
    const lost = (): Error => new TypeError('network')
    const { client, asked } = serverOf(lost(), lost(), lost())
    await expect(client.get('/x')).rejects.toBeInstanceOf(Unreachable)
    expect(asked).toHaveLength(3)
  })

  it('of a gateway is asked again', async () => {
    const { client } = serverOf(json({}, 503), json({ items: [] }))
    await expect(client.get('/cases')).resolves.toEqual({ items: [] })
  })

  it('to be signed in is told to the page', async () => {
    const told = vi.fn()
    const client = new ApiClient({ language: () => 'zh', fetch: (async () => json({ detail: '请先登录' }, 401)) as typeof fetch, onSignedOut: told })
    await expect(client.get('/cases')).rejects.toThrow('请先登录')
    expect(told).toHaveBeenCalledOnce()
  })
})

it('a query leaves out what is empty', () => {
  expect(queryString({ q: '', view: 'all', unit: undefined, limit: 50, after: null, unread: true })).toBe('?view=all&limit=50&unread=true')
})

it('an answer without content is nothing', async () => {
  const { client } = serverOf(json(null, 204))
  await expect(client.delete('/session')).resolves.toBeUndefined()
})
