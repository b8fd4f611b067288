import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ApiClient } from '@shared/api/client'
import { openShelf } from '@shared/outbox/shelf'
import { bytesOf, PushUse, type PushFor } from '../src/push/usePush'

const KEY = 'BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4'
const ENDPOINT = 'https://push.example.net/one'

interface Asked {
  method: string
  path: string
  body: unknown
}

/** A browser whose answer to the permission question is given; its subscription is what the standard's `toJSON` gives. */
function browser(answer: NotificationPermission): { subscription: () => unknown } {
  let held: unknown = null
  const made = {
    endpoint: ENDPOINT,
    toJSON: () => ({ endpoint: ENDPOINT, keys: { p256dh: KEY, auth: 'BTBZMqHH6r4Tts7J_aSIgg' } }),
    unsubscribe: async () => {
      held = null
      return true
    },
  }
  const registration = { pushManager: { getSubscription: async () => held, subscribe: async () => (held = made) } }
  vi.stubGlobal('PushManager', class {})
  vi.stubGlobal('Notification', { permission: 'default', requestPermission: async () => answer })
  Object.defineProperty(navigator, 'serviceWorker', {
    configurable: true,
    value: { ready: Promise.resolve(registration), getRegistration: async () => registration },
  })
  return { subscription: () => held }
}

async function using(wanted: PushFor): Promise<{ push: PushUse; asked: Asked[] }> {
  const asked: Asked[] = []
  const fetched: typeof fetch = async (input, init) => {
    asked.push({ method: init?.method ?? 'GET', path: String(input).replace('/api/v1', ''), body: init?.body ? JSON.parse(String(init.body)) : null })
    return String(input).endsWith('/push/key') ? new Response(JSON.stringify({ key: KEY })) : new Response(null, { status: 204 })
  }
  const client = new ApiClient({ language: () => 'zh', fetch: fetched })
  const push = new PushUse(client, await openShelf(`push-${Math.random()}`), () => wanted)
  await push.begin()
  return { push, asked }
}

const NOBODY: PushFor = { signedIn: false, reports: [{ number: '20261122-000731', secret: 'abc' }, { number: '20261122-000732', secret: '' }] }

describe('notices on this phone', () => {
  beforeEach(() => vi.unstubAllGlobals())
  afterEach(() => {
    Reflect.deleteProperty(navigator, 'serviceWorker')
    vi.unstubAllGlobals()
  })

  it('reads the key of the server as 65 bytes', () => {
    expect(bytesOf(KEY)).toHaveLength(65)
  })

  it('says that a browser without pushes has none', async () => {
    const { push } = await using(NOBODY)
    expect(push.state.value).toBe('unsupported')
  })

  it('asks for what is followed by its secret, without an account', async () => {
    browser('granted')
    const { push, asked } = await using(NOBODY)
    await push.switchOn()
    expect(push.wrong.value).toBe('')
    expect(push.state.value).toBe('on')
    expect(asked.map((one) => one.path)).toEqual(['/push/key', '/reports/20261122-000731/push?secret=abc'])
    expect(asked[1]?.body).toEqual({ endpoint: ENDPOINT, keys: { p256dh: KEY, auth: 'BTBZMqHH6r4Tts7J_aSIgg' } })
  })

  it('tells a person who refuses how to change their mind, and asks the server for nothing', async () => {
    browser('denied')
    const { push, asked } = await using(NOBODY)
    await push.switchOn()
    expect(push.state.value).toBe('denied')
    expect(asked).toEqual([])
  })

  it('is off again at the server and in the browser', async () => {
    const { subscription } = browser('granted')
    const { push, asked } = await using({ signedIn: true, reports: [] })
    await push.switchOn()
    expect(asked[1]?.path).toBe('/push/subscriptions')
    await push.switchOff()
    expect(asked[2]).toEqual({ method: 'DELETE', path: '/push/subscriptions', body: { endpoint: ENDPOINT } })
    expect(subscription()).toBeNull()
    expect(push.state.value).toBe('off')
  })
})

describe('the worker of the citizen app', () => {
  const template = readFileSync(resolve('shared/worker/shell.js'), 'utf8')

  /** Runs the worker's own source with a `self` that notes what it listens to and shows. */
  function worker(push: object | null): { tell: (kind: string, event: object) => void; shown: unknown[]; opened: string[] } {
    const heard = new Map<string, (event: object) => void>()
    const shown: unknown[] = []
    const opened: string[] = []
    const self = {
      addEventListener: (kind: string, listener: (event: object) => void) => heard.set(kind, listener),
      registration: { showNotification: async (title: string, options: object) => shown.push([title, options]) },
      clients: { matchAll: async () => [], openWindow: async (url: string) => opened.push(url) },
    }
    const shell = JSON.stringify({ app: 'citizen', version: '1', page: '/', routes: [], photos: false, map: false, push, files: [] })
    new Function('self', 'caches', template.replace('__SHELL__', shell))(self, {})
    return { tell: (kind, event) => heard.get(kind)?.(event), shown, opened }
  }

  const PUSH = { page: '/r/', icon: '/citizen/icon-192.png', mine: '/mine', near: '/mine/areas', news: '/news/' }

  it('shows a push and opens the report on a tap', async () => {
    const { tell, shown, opened } = worker(PUSH)
    const said = { title: '20261122-000731 已办结', number: '20261122-000731', about: 'case', lang: 'zh' }
    tell('push', { data: { json: () => said }, waitUntil: () => undefined })
    expect(shown).toEqual([[said.title, expect.objectContaining({ tag: said.number, data: { url: '/r/20261122-000731' } })]])
    const done: Promise<unknown>[] = []
    tell('notificationclick', { notification: { close: () => undefined, data: { url: '/r/20261122-000731' } }, waitUntil: (work: Promise<unknown>) => done.push(work) })
    await Promise.all(done)
    expect(opened).toEqual(['/r/20261122-000731'])
  })

  it('opens the announcement that a push is about', () => {
    const { tell, shown } = worker(PUSH)
    tell('push', { data: { json: () => ({ title: '通告:停水', number: '12', about: 'announcement', lang: 'zh' }) }, waitUntil: () => undefined })
    tell('push', { data: { json: () => ({ title: 'x', number: '12/../r', about: 'announcement' }) }, waitUntil: () => undefined })
    expect(shown).toEqual([['通告:停水', expect.objectContaining({ data: { url: '/news/12' } })], ['x', expect.objectContaining({ data: { url: '/mine' } })]])
  })

  it('opens nothing but our own pages, whatever a push says', () => {
    const { tell, shown } = worker(PUSH)
    tell('push', { data: { json: () => ({ title: 'x', number: '//evil.example/', about: 'case' }) }, waitUntil: () => undefined })
    expect(shown[0]).toEqual(['x', expect.objectContaining({ data: { url: '/mine' } })])
  })
})
