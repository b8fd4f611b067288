import type { ApiClient, WriteOptions } from './client'
import type * as T from './types'

/** Every door of the platform the apps use, by name; each is one request. */
export class Doors {
  constructor(readonly client: ApiClient) {}

  site = (): Promise<T.Site> => this.client.get('/site')
  session = (): Promise<T.Session> => this.client.get('/session')
  signIn = (login: string, password: string, otp?: string): Promise<T.Session> =>
    this.client.post('/session', otp ? { login, password, otp } : { login, password })
  signOut = (): Promise<void> => this.client.delete('/session')
  sendPhoneCode = (phone: string): Promise<void> => this.client.post('/session/phone', { phone })
  signInByPhone = (phone: string, code: string): Promise<T.Session> => this.client.post('/session/phone/verify', { phone, code })

  cases = (query: T.CaseQuery, signal?: AbortSignal): Promise<T.CasePage> => this.client.get('/cases', { ...query }, signal)
  card = (number: string, signal?: AbortSignal): Promise<T.CaseCard> => this.client.get(`/cases/${number}`, undefined, signal)
  caseLedger = (number: string): Promise<{ items: T.LedgerEntry[] }> => this.client.get(`/cases/${number}/ledger`)
  openCase = (body: T.NewCase, key: string): Promise<T.CaseCard> => this.client.post('/cases', body, { key })
  step = (number: string, verb: string, fields: Record<string, unknown>, options: WriteOptions): Promise<T.CaseCard> =>
    this.client.post(`/cases/${number}/steps`, { verb, ...fields }, options)
  near = (lon: number, lat: number, classCode: string, text: string, signal?: AbortSignal): Promise<{ items: T.Candidate[] }> =>
    this.client.get('/cases/near', { lon, lat, class_code: classCode, text }, signal)
  loop = (): Promise<T.Loop> => this.client.get('/loop')
  classes = (): Promise<{ items: T.CaseClass[] }> => this.client.get('/classes')

  photo = (file: Blob, name: string, onProgress: (part: number) => void, signal?: AbortSignal): Promise<T.UploadedPhoto> =>
    this.client.upload('/photos', file, name, onProgress, signal)

  placeAt = (lon: number, lat: number, signal?: AbortSignal): Promise<T.PlaceAt> => this.client.get('/places/at', { lon, lat }, signal)
  searchPlaces = (q: string, limit: number, signal?: AbortSignal): Promise<{ items: T.PlaceHit[] }> =>
    this.client.get('/places/search', { q, limit }, signal)

  units = (): Promise<{ items: T.Unit[] }> => this.client.get('/units')
  people = (): Promise<{ items: T.Person[] }> => this.client.get('/people')
  grants = (): Promise<{ items: T.Grant[] }> => this.client.get('/grants')

  events = (after: number | null, limit: number): Promise<T.EventPage> => this.client.get('/events', { after, limit })
  notices = (): Promise<{ items: T.Notice[] }> => this.client.get('/notices', { unread: 1 })
  readNotice = (id: number): Promise<void> => this.client.post(`/notices/${id}/read`, {})

  ledger = (query: { after?: number; subject?: string; actor?: string; limit?: number }): Promise<{ items: T.LedgerEntry[] }> =>
    this.client.get('/ledger', query)
  proof = (position: number): Promise<T.LedgerProof> => this.client.get(`/ledger/${position}/proof`)
  checkpoint = (): Promise<T.Checkpoint> => this.client.get('/ledger/checkpoint')
}
