import type { ApiClient, WriteOptions } from './client'
import { hitOf, placeOf, type FoundAnswer, type PlaceAnswer } from './places'
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
  counts = (): Promise<T.DeskCounts> => this.client.get('/cases/counts')
  card = (number: string, signal?: AbortSignal): Promise<T.CaseCard> => this.client.get(`/cases/${number}`, undefined, signal)
  component = (code: string): Promise<T.Fixture> => this.client.get(`/cases/components/${code}`)
  caseLedger = (number: string): Promise<{ items: T.CaseLedgerLine[] }> => this.client.get(`/cases/${number}/ledger`)
  openCase = (body: T.NewCase, key: string): Promise<T.CaseCard> => this.client.post('/cases', body, { key })
  step = (number: string, verb: string, fields: Record<string, unknown>, options: WriteOptions): Promise<T.CaseCard> =>
    this.client.post(`/cases/${number}/steps`, { verb, ...fields }, options)
  near = (lon: number, lat: number, classKey: string, text: string, signal?: AbortSignal): Promise<{ items: T.Candidate[] }> =>
    this.client.get('/cases/near', { lon, lat, class_kind: classKey.split(':')[0], class_code: classKey.split(':')[1], text }, signal)
  loop = (): Promise<T.Loop> => this.client.get('/loop')
  classes = (): Promise<{ items: T.CaseClass[] }> => this.client.get('/classes')

  photo = (file: Blob, name: string, onProgress: (part: number) => void, signal?: AbortSignal): Promise<T.UploadedPhoto> =>
    this.client.upload('/photos', file, name, onProgress, signal)

  placeAt = async (lon: number, lat: number, signal?: AbortSignal): Promise<T.PlaceAt> =>
    placeOf(await this.client.get<PlaceAnswer>('/places/at', { lon, lat }, signal))
  searchPlaces = async (q: string, limit: number, signal?: AbortSignal): Promise<{ items: T.PlaceHit[] }> => ({
    items: (await this.client.get<FoundAnswer[]>('/places/search', { q, limit }, signal)).flatMap(hitOf),
  })

  units = (): Promise<{ items: T.Unit[] }> => this.client.get('/units')
  people = (q: string, after = 0): Promise<{ items: T.Person[]; next: number | null }> => this.client.get('/people', { q, after })
  addPerson = (form: T.NewPerson): Promise<{ id: number }> => this.client.post('/people', form)
  peopleNames = (): Promise<{ names: Record<string, string> }> => this.client.get('/people/names')
  setNameEn = (id: number, name: string): Promise<void> => this.client.post(`/people/${id}/name`, { name_en: name })
  setActive = (id: number, active: boolean): Promise<void> => this.client.post(`/people/${id}/active`, { active })
  grants = (): Promise<{ items: T.Grant[] }> => this.client.get('/grants')
  give = (form: T.NewGrant): Promise<{ id: number }> => this.client.post('/grants', form)
  revoke = (id: number): Promise<{ ended: number }> => this.client.delete(`/grants/${id}`)
  delegate = (id: number, form: T.Delegation): Promise<{ id: number }> => this.client.post(`/grants/${id}/delegate`, form)

  enrolTotp = (): Promise<T.TotpEnrolment> => this.client.post('/session/totp', {})
  confirmTotp = (code: string): Promise<void> => this.client.post('/session/totp/confirm', { code })
  dropTotp = (password: string): Promise<void> => this.client.delete('/session/totp', {}, { password })
  changePassword = (old: string, fresh: string): Promise<void> => this.client.post('/session/password', { old, new: fresh })
  rememberLanguage = (language: T.Language): Promise<void> => this.client.post('/session/language', { language })
  keys = (): Promise<{ items: T.ApiKey[] }> => this.client.get('/keys')
  makeKey = (form: { name: string; scopes: string[]; area: string; unit_id: number | null; valid_to: string | null }): Promise<{ id: number; token: string; prefix: string }> =>
    this.client.post('/keys', form)
  withdrawKey = (id: number): Promise<void> => this.client.delete(`/keys/${id}`)

  events = (after: number | null, limit: number): Promise<T.EventPage> => this.client.getOnce('/events', { after, limit })
  notices = (): Promise<{ items: T.Notice[] }> => this.client.get('/notices', { unread: true, before: 0 })
  readNotice = (id: number): Promise<void> => this.client.post(`/notices/${id}/read`, {})
  readAllNotices = (): Promise<void> => this.client.post('/notices/read-all', {})

  ledger = (query: T.LedgerQuery): Promise<T.LedgerPage> => this.client.get('/ledger', { ...query })
  ledgerEntry = (position: number): Promise<T.LedgerEntry> => this.client.get(`/ledger/${position}`)
  proof = (position: number, size?: number): Promise<T.LedgerProof> => this.client.get(`/ledger/${position}/proof`, { size })
  checkpoint = (): Promise<T.Checkpoint> => this.client.get('/ledger/checkpoint')
  consistency = (first: number, second: number): Promise<T.LedgerConsistency> => this.client.get('/ledger/consistency', { first, second })
}
