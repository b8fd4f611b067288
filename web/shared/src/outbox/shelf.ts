/** What a phone keeps for one app: drafts, unsent writes, photo bytes, confirmed answers, and things read before. */
export const ROOMS = ['drafts', 'entries', 'bytes', 'answers', 'kept'] as const
export type Room = (typeof ROOMS)[number]

/** One change of a set that happens whole or not at all; `value: undefined` removes. */
export interface Change {
  room: Room
  key: string
  value: unknown
}

export interface Shelf {
  /** Whether what is put here survives a closed page. */
  readonly lasting: boolean
  get<T>(room: Room, key: string): Promise<T | undefined>
  all<T>(room: Room): Promise<T[]>
  /** All changes in one transaction, on disk before the promise resolves. */
  change(...changes: Change[]): Promise<void>
  /** Throws everything away. */
  empty(): Promise<void>
}

const VERSION = 1

function answered<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('IndexedDB request failed'))
  })
}

function finished(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve()
    transaction.onabort = () => reject(transaction.error ?? new Error('IndexedDB transaction aborted'))
    transaction.onerror = () => reject(transaction.error ?? new Error('IndexedDB transaction failed'))
  })
}

class DiskShelf implements Shelf {
  readonly lasting = true

  constructor(private readonly database: IDBDatabase) {}

  get<T>(room: Room, key: string): Promise<T | undefined> {
    return answered(this.database.transaction(room).objectStore(room).get(key) as IDBRequest<T | undefined>)
  }

  all<T>(room: Room): Promise<T[]> {
    return answered(this.database.transaction(room).objectStore(room).getAll() as IDBRequest<T[]>)
  }

  async change(...changes: Change[]): Promise<void> {
    if (changes.length === 0) return
    const rooms = [...new Set(changes.map((one) => one.room))]
    // Strict: a phone that loses power right after "saved" must still have it.
    const transaction = this.database.transaction(rooms, 'readwrite', { durability: 'strict' })
    const end = finished(transaction)
    try {
      for (const { room, key, value } of changes) {
        const store = transaction.objectStore(room)
        if (value === undefined) store.delete(key)
        else store.put(value, key)
      }
    } catch (error) {
      // What cannot be stored throws at once and would leave the changes before it to be committed.
      end.catch(() => undefined)
      transaction.abort()
      throw error
    }
    await end
  }

  async empty(): Promise<void> {
    const transaction = this.database.transaction([...ROOMS], 'readwrite', { durability: 'strict' })
    const end = finished(transaction)
    for (const room of ROOMS) transaction.objectStore(room).clear()
    await end
  }
}

/** Stands in where the browser refuses a database (some private windows); the app says that nothing will last. */
class MemoryShelf implements Shelf {
  readonly lasting = false
  private readonly rooms = new Map<Room, Map<string, unknown>>(ROOMS.map((room) => [room, new Map()]))

  async get<T>(room: Room, key: string): Promise<T | undefined> {
    return this.rooms.get(room)?.get(key) as T | undefined
  }

  async all<T>(room: Room): Promise<T[]> {
    return [...(this.rooms.get(room)?.values() ?? [])] as T[]
  }

  async change(...changes: Change[]): Promise<void> {
    for (const { room, key, value } of changes) {
      if (value === undefined) this.rooms.get(room)?.delete(key)
      else this.rooms.get(room)?.set(key, value)
    }
  }

  async empty(): Promise<void> {
    this.rooms.forEach((room) => room.clear())
  }
}

/** Opens the shelf of an app, making its rooms on first use. */
export async function openShelf(name: string, factory: IDBFactory | null | undefined = globalThis.indexedDB): Promise<Shelf> {
  if (!factory) return new MemoryShelf()
  try {
    const request = factory.open(name, VERSION)
    request.onupgradeneeded = () => {
      for (const room of ROOMS) {
        if (!request.result.objectStoreNames.contains(room)) request.result.createObjectStore(room)
      }
    }
    return new DiskShelf(await answered(request))
  } catch {
    return new MemoryShelf()
  }
}

/** Asks the browser not to throw the shelf away when storage is short; it may say no. */
export async function keepForLong(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false
}
