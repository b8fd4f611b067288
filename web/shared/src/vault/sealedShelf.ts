import type { Change, Room, Shelf } from '../outbox/shelf'
import { blindName, seal, unseal, words, type Bytes, type ShelfKeys } from './keys'

/** One thing as it lies on the disk: under a blind name, sealed for that name. */
interface Sealed {
  name: string
  box: Bytes
}

const JSON_VALUE = 0
const BYTES_VALUE = 1

function packed(value: unknown): Bytes {
  const raw = value instanceof ArrayBuffer
  const body = raw ? new Uint8Array(value) : words(JSON.stringify(value))
  const all = new Uint8Array(body.length + 1)
  all[0] = raw ? BYTES_VALUE : JSON_VALUE
  all.set(body, 1)
  return all
}

function unpacked<T>(all: Bytes): T {
  const body = all.slice(1)
  return (all[0] === BYTES_VALUE ? body.buffer : JSON.parse(new TextDecoder().decode(body))) as T
}

/** A shelf on which neither names nor things can be read without its keys. */
export class SealedShelf implements Shelf {
  readonly lasting: boolean

  constructor(private readonly inner: Shelf, private readonly keys: ShelfKeys) {
    this.lasting = inner.lasting
  }

  async get<T>(room: Room, key: string): Promise<T | undefined> {
    const name = await blindName(this.keys.name, room, key)
    const kept = await this.inner.get<Sealed>(room, name)
    return kept ? this.opened<T>(room, kept) : undefined
  }

  async all<T>(room: Room): Promise<T[]> {
    const kept = await this.inner.all<Sealed>(room)
    return Promise.all(kept.map((one) => this.opened<T>(room, one)))
  }

  /** Sealed first, then written in one transaction: the disk never waits for the cipher. */
  async change(...changes: Change[]): Promise<void> {
    await this.inner.change(...(await Promise.all(changes.map((one) => this.sealed(one)))))
  }

  empty(): Promise<void> {
    return this.inner.empty()
  }

  private async sealed({ room, key, value }: Change): Promise<Change> {
    const name = await blindName(this.keys.name, room, key)
    if (value === undefined) return { room, key: name, value }
    const kept: Sealed = { name, box: await seal(this.keys.box, `${room}/${name}`, packed(value)) }
    return { room, key: name, value: kept }
  }

  private async opened<T>(room: Room, { name, box }: Sealed): Promise<T> {
    return unpacked<T>(await unseal(this.keys.box, `${room}/${name}`, box))
  }
}
