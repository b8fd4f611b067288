import type { LedgerConsistency, LedgerProof } from '@shared/api/types'

/** Bytes of a base64 text. */
export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0))
}

export const same = (a: Uint8Array, b: Uint8Array): boolean => a.length === b.length && a.every((byte, at) => byte === b[at])

/** The hash of an inner node: SHA-256 of 0x01, left, right (RFC 9162, 2.1.1). */
async function nodeHash(left: Uint8Array, right: Uint8Array): Promise<Uint8Array> {
  const data = new Uint8Array(1 + left.length + right.length)
  data[0] = 1
  data.set(left, 1)
  data.set(right, 1 + left.length)
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data))
}

/** One step up from the leaf: on which side the sibling stands. */
export interface Turn {
  hash: string
  side: 'left' | 'right'
}

/** The way from a leaf to the root as the algorithm of RFC 9162, 2.1.3.2 walks it; null when the path has the wrong length. */
export function turnsOf(proof: Pick<LedgerProof, 'position' | 'size' | 'hashes'>): Turn[] | null {
  let index = proof.position
  let last = proof.size - 1
  const turns: Turn[] = []
  for (const hash of proof.hashes) {
    if (last === 0) return null
    if (index % 2 === 1 || index === last) {
      turns.push({ hash, side: 'left' })
      while (index % 2 === 0 && index !== 0) {
        index = Math.floor(index / 2)
        last = Math.floor(last / 2)
      }
    } else turns.push({ hash, side: 'right' })
    index = Math.floor(index / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 ? turns : null
}

/** Whether the leaf stands in the tree of this root; computed here, nothing taken on trust. */
export async function isIncluded(proof: LedgerProof, root: string): Promise<boolean> {
  if (proof.position < 0 || proof.position >= proof.size) return false
  const turns = turnsOf(proof)
  if (!turns) return false
  let hash: Uint8Array = bytesOf(proof.leaf)
  for (const turn of turns) {
    const sibling = bytesOf(turn.hash)
    hash = turn.side === 'left' ? await nodeHash(sibling, hash) : await nodeHash(hash, sibling)
  }
  return same(hash, bytesOf(root))
}

/** Whether the second tree only grew out of the first (RFC 9162, 2.1.4.2). */
export async function onlyGrew(proof: LedgerConsistency): Promise<boolean> {
  const first = bytesOf(proof.first_root)
  const second = bytesOf(proof.second_root)
  if (proof.first === proof.second) return proof.hashes.length === 0 && same(first, second)
  const path = proof.hashes.map(bytesOf)
  if (Number.isInteger(Math.log2(proof.first))) path.unshift(first)
  let index = proof.first - 1
  let last = proof.second - 1
  while (index % 2 === 1) {
    index = Math.floor(index / 2)
    last = Math.floor(last / 2)
  }
  const start = path.shift()
  if (!start) return false
  let old: Uint8Array = start
  let grown: Uint8Array = start
  for (const hash of path) {
    if (last === 0) return false
    if (index % 2 === 1 || index === last) {
      old = await nodeHash(hash, old)
      grown = await nodeHash(hash, grown)
      while (index % 2 === 0 && index !== 0) {
        index = Math.floor(index / 2)
        last = Math.floor(last / 2)
      }
    } else grown = await nodeHash(grown, hash)
    index = Math.floor(index / 2)
    last = Math.floor(last / 2)
  }
  return last === 0 && same(old, first) && same(grown, second)
}

/** 9c41…e07b: enough of a hash to compare by eye. */
export function shortHash(base64: string): string {
  const hex = Array.from(bytesOf(base64), (byte) => byte.toString(16).padStart(2, '0')).join('')
  return `${hex.slice(0, 4)}…${hex.slice(-4)}`
}
