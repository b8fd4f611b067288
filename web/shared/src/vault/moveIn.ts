import type { Entry } from '../outbox/entry'
import type { Change, Shelf } from '../outbox/shelf'

/** Brings what an earlier, open shelf still has to send into the sealed one, then empties the open one; returns how many writes. */
export async function moveIn(open: Shelf, sealed: Shelf): Promise<number> {
  const entries = await open.all<Entry>('entries')
  const changes: Change[] = []
  for (const entry of entries) {
    changes.push({ room: 'entries', key: entry.key, value: entry })
    for (const { key } of entry.shots) changes.push({ room: 'bytes', key, value: await open.get<ArrayBuffer>('bytes', key) })
  }
  // Sealed and on the disk before anything is thrown away; keys make a second sending harmless.
  await sealed.change(...changes)
  await open.empty()
  return entries.length
}
