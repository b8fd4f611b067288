/** Keys of what a phone keeps. Every name below is one purpose; the ADR 0009 says why each is as it is. */

/** OWASP Password Storage Cheat Sheet (2023): PBKDF2 with HMAC-SHA-256. */
export const PIN_ROUNDS = 600_000
const NONCE_BYTES = 12 // NIST SP 800-38D, 5.2.1.1
const KEY_BYTES = 32

/** Array buffers only: what WebCrypto takes and IndexedDB stores. */
export type Bytes = Uint8Array<ArrayBuffer>

/** What seals and finds things on the shelf. */
export interface ShelfKeys {
  box: CryptoKey
  name: CryptoKey
}

export const randomBytes = (length: number): Bytes => crypto.getRandomValues(new Uint8Array(length))
export const words = (text: string): Bytes => new TextEncoder().encode(text)

export function toText(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes)).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

export function fromText(text: string): Bytes {
  return Uint8Array.from(atob(text.replaceAll('-', '+').replaceAll('_', '/')), (one) => one.charCodeAt(0))
}

/** 32 bytes out of a PIN; slow on purpose. */
export async function pinBits(pin: string, salt: Bytes, rounds: number): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', words(pin), 'PBKDF2', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'PBKDF2', hash: 'SHA-256', salt, iterations: rounds }, key, KEY_BYTES * 8))
}

async function expanded(secret: Bytes, salt: Bytes, purpose: string): Promise<Bytes> {
  const key = await crypto.subtle.importKey('raw', secret, 'HKDF', false, ['deriveBits'])
  return new Uint8Array(await crypto.subtle.deriveBits({ name: 'HKDF', hash: 'SHA-256', salt, info: words(`gridloop field ${purpose} v1`) }, key, KEY_BYTES * 8))
}

/** What shows the server that the PIN is known, without telling it. */
export const proofOf = async (bits: Bytes, salt: Bytes): Promise<string> => toText(await expanded(bits, salt, 'proof'))

const aes = (raw: Bytes): Promise<CryptoKey> => crypto.subtle.importKey('raw', raw, 'AES-GCM', false, ['encrypt', 'decrypt'])

/** The key that wraps the data key: it needs the PIN and the server's share together. */
export async function wrappingKey(bits: Bytes, share: Bytes, salt: Bytes): Promise<CryptoKey> {
  const both = new Uint8Array(bits.length + share.length)
  both.set(bits)
  both.set(share, bits.length)
  return aes(await expanded(both, salt, 'wrap'))
}

/** The two working keys out of the data key. */
export async function shelfKeys(data: Bytes, salt: Bytes): Promise<ShelfKeys> {
  const name = await crypto.subtle.importKey('raw', await expanded(data, salt, 'names'), { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  return { box: await aes(await expanded(data, salt, 'boxes')), name }
}

/** AES-256-GCM: 12 bytes of nonce, then cipher text and tag; `about` is bound to it and must be the same to open it. */
export async function seal(key: CryptoKey, about: string, plain: Bytes): Promise<Bytes> {
  const nonce = randomBytes(NONCE_BYTES)
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv: nonce, additionalData: words(about) }, key, plain))
  const box = new Uint8Array(NONCE_BYTES + sealed.length)
  box.set(nonce)
  box.set(sealed, NONCE_BYTES)
  return box
}

/** What was sealed; rejects when key, place or bytes are not the same. */
export async function unseal(key: CryptoKey, about: string, box: Bytes): Promise<Bytes> {
  const how = { name: 'AES-GCM', iv: box.slice(0, NONCE_BYTES), additionalData: words(about) }
  return new Uint8Array(await crypto.subtle.decrypt(how, key, box.slice(NONCE_BYTES)))
}

/** A name on the shelf that says nothing, always the same for the same thing. */
export async function blindName(key: CryptoKey, room: string, name: string): Promise<string> {
  return toText(new Uint8Array(await crypto.subtle.sign('HMAC', key, words(`${room}/${name}`))))
}
