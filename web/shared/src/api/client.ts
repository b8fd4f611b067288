import { Frozen, Problem, problemOf, unreachable } from './problem'
import type { Language } from './types'

export type Query = Record<string, string | number | boolean | null | undefined>

export interface ClientOptions {
  base?: string
  language: () => Language
  fetch?: typeof fetch
  /** Waits between attempts, in milliseconds; one retry for each entry. */
  retryAfterMs?: readonly number[]
  onSignedOut?: () => void
}

export interface WriteOptions {
  /** Makes a repeated write harmless; made here when not given. */
  key?: string
  /** Version of the thing that was read: another one on the server answers 412. */
  version?: number | string
  signal?: AbortSignal
}

interface Sending {
  method: string
  path: string
  headers: Headers
  body?: BodyInit
  signal?: AbortSignal
}

const GATEWAY_FAILURES = new Set([502, 503, 504])

export function cookie(name: string): string {
  const found = document.cookie.split('; ').find((part) => part.startsWith(`${name}=`))
  return found ? decodeURIComponent(found.slice(name.length + 1)) : ''
}

export function newKey(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID()
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

export function queryString(query: Query | undefined): string {
  const params = new URLSearchParams()
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined && value !== null && value !== '') params.set(name, String(value))
  }
  const text = params.toString()
  return text ? `?${text}` : ''
}

const wait = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Talks to the JSON doors: session cookie, CSRF, idempotency, versions, problems as sentences. */
export class ApiClient {
  readonly base: string
  /** Why nothing may be written at present, as a sentence; empty when it may. Then no write leaves this page, but for signing out. */
  frozen: () => string = () => ''
  private readonly options: ClientOptions
  private readonly retryAfterMs: readonly number[]

  constructor(options: ClientOptions) {
    this.options = options
    this.base = options.base ?? '/api/v1'
    this.retryAfterMs = options.retryAfterMs ?? [300, 1200]
  }

  get<T>(path: string, query?: Query, signal?: AbortSignal): Promise<T> {
    return this.send<T>({ method: 'GET', path: path + queryString(query), headers: this.headers(), signal }, true)
  }

  /** Asked once: for whoever asks again by itself. */
  getOnce<T>(path: string, query?: Query): Promise<T> {
    return this.send<T>({ method: 'GET', path: path + queryString(query), headers: this.headers() }, false)
  }

  /** A write carries a key, so sending it again after a lost answer cannot do it twice. */
  post<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<T> {
    return this.write<T>('POST', path, body, options)
  }

  patch<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<T> {
    return this.write<T>('PATCH', path, body, options)
  }

  put<T>(path: string, body: unknown, options: WriteOptions = {}): Promise<T> {
    return this.write<T>('PUT', path, body, options)
  }

  delete<T>(path: string, options: WriteOptions = {}, body?: unknown): Promise<T> {
    return this.write<T>('DELETE', path, body, options)
  }

  /** Sends a file with progress 0..1; XMLHttpRequest, because fetch tells nothing about uploads. */
  upload<T>(path: string, file: Blob, name: string, onProgress: (part: number) => void, signal?: AbortSignal): Promise<T> {
    const language = this.options.language()
    const why = this.frozen()
    if (why) return Promise.reject(new Frozen(why))
    return new Promise<T>((resolve, reject) => {
      const request = new XMLHttpRequest()
      request.open('POST', this.base + path)
      request.withCredentials = true
      this.headers(newKey()).forEach((value, header) => request.setRequestHeader(header, value))
      request.upload.onprogress = (event) => {
        if (event.lengthComputable) onProgress(event.loaded / event.total)
      }
      request.onerror = () => reject(unreachable(language))
      request.onabort = () => reject(new DOMException('aborted', 'AbortError'))
      request.onload = () => {
        const answer = new Response(request.responseText, { status: request.status })
        if (request.status >= 200 && request.status < 300) resolve(JSON.parse(request.responseText) as T)
        else void problemOf(answer, language).then(reject)
      }
      signal?.addEventListener('abort', () => request.abort())
      const form = new FormData()
      form.append('file', file, name)
      request.send(form)
    })
  }

  private async write<T>(method: string, path: string, body: unknown, options: WriteOptions): Promise<T> {
    const why = this.frozen()
    if (why && path !== '/session') throw new Frozen(why)
    const headers = this.headers(options.key ?? newKey())
    if (options.version !== undefined) headers.set('If-Match', `"${options.version}"`)
    if (body !== undefined) headers.set('Content-Type', 'application/json')
    const sent: Sending = { method, path, headers, signal: options.signal }
    if (body !== undefined) sent.body = JSON.stringify(body)
    return this.send<T>(sent, true)
  }

  private headers(key?: string): Headers {
    const headers = new Headers({ Accept: 'application/json', 'Accept-Language': this.options.language() })
    if (key) {
      headers.set('Idempotency-Key', key)
      const token = cookie('csrftoken')
      if (token) headers.set('X-CSRFToken', token)
    }
    return headers
  }

  /** A picture that is given only for a reason, and whose giving is written down. */
  async picture(path: string, reason: string): Promise<Blob> {
    const headers = this.headers(newKey())
    headers.set('Content-Type', 'application/json')
    headers.set('Accept', 'image/jpeg, application/problem+json')
    const response = await this.answered({ method: 'POST', path, headers, body: JSON.stringify({ reason }) }, [])
    return response.blob()
  }

  private async answered(sent: Sending, retries: readonly number[]): Promise<Response> {
    const response = await this.reach(sent, retries)
    if (response.ok) return response
    const problem = await problemOf(response, this.options.language())
    if (problem.isSignedOut) this.options.onSignedOut?.()
    throw problem
  }

  private async send<T>(sent: Sending, mayRepeat: boolean): Promise<T> {
    const response = await this.answered(sent, mayRepeat ? this.retryAfterMs : [])
    if (response.status === 204) return undefined as T
    const text = await response.text()
    return (text ? JSON.parse(text) : undefined) as T
  }

  private async reach(sent: Sending, retries: readonly number[]): Promise<Response> {
    const ask = this.options.fetch ?? fetch
    for (let attempt = 0; ; attempt += 1) {
      const pause = retries[attempt]
      try {
        const response = await ask(this.base + sent.path, {
          method: sent.method,
          headers: sent.headers,
          body: sent.body,
          signal: sent.signal,
          credentials: 'same-origin',
        })
        if (pause === undefined || !GATEWAY_FAILURES.has(response.status)) return response
      } catch (error) {
        if (error instanceof DOMException && error.name === 'AbortError') throw error
        if (pause === undefined) throw unreachable(this.options.language())
      }
      await wait(pause)
    }
  }
}

export { Problem }
