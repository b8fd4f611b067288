import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { LedgerProof } from '@shared/api/types'
import { isIncluded, onlyGrew, shortHash, turnsOf } from '../src/ledger/proof'

// A tree after RFC 9162, 2.1, written from its recursive definitions: an oracle independent of the code under test.
const sha = (...parts: Buffer[]): Buffer => createHash('sha256').update(Buffer.concat(parts)).digest()
const leaf = (at: number): Buffer => sha(Buffer.from([0]), Buffer.from(`entry ${at}`))
const half = (size: number): number => 2 ** Math.floor(Math.log2(size - 1))

function root(leaves: Buffer[]): Buffer {
  if (leaves.length === 1) return leaves[0]!
  const k = half(leaves.length)
  return sha(Buffer.from([1]), root(leaves.slice(0, k)), root(leaves.slice(k)))
}

function path(m: number, leaves: Buffer[]): Buffer[] {
  if (leaves.length === 1) return []
  const k = half(leaves.length)
  return m < k ? [...path(m, leaves.slice(0, k)), root(leaves.slice(k))] : [...path(m - k, leaves.slice(k)), root(leaves.slice(0, k))]
}

function growth(m: number, leaves: Buffer[], whole: boolean): Buffer[] {
  if (m === leaves.length) return whole ? [] : [root(leaves)]
  const k = half(leaves.length)
  return m <= k ? [...growth(m, leaves.slice(0, k), whole), root(leaves.slice(k))] : [...growth(m - k, leaves.slice(k), false), root(leaves.slice(0, k))]
}

const text = (bytes: Buffer): string => bytes.toString('base64')
const tree = (size: number): Buffer[] => Array.from({ length: size }, (_, at) => leaf(at))

function proofOf(position: number, size: number): LedgerProof {
  const leaves = tree(size)
  return { position, size, leaf: text(leaves[position]!), root: text(root(leaves)), hashes: path(position, leaves).map(text), algorithm: 'sha256' }
}

const SIZES = [1, 2, 3, 7, 8, 13]

describe('the proof of an entry', () => {
  it.each(SIZES)('holds for every entry of a tree of %i', async (size) => {
    for (let position = 0; position < size; position += 1) {
      const proof = proofOf(position, size)
      expect(await isIncluded(proof, proof.root)).toBe(true)
    }
  })

  it('does not hold for a changed entry, another place, a missing step or another root', async () => {
    const proof = proofOf(5, 13)
    expect(await isIncluded({ ...proof, leaf: text(leaf(99)) }, proof.root)).toBe(false)
    expect(await isIncluded({ ...proof, position: 4 }, proof.root)).toBe(false)
    expect(await isIncluded({ ...proof, hashes: proof.hashes.slice(1) }, proof.root)).toBe(false)
    expect(await isIncluded(proof, text(root(tree(12))))).toBe(false)
    expect(await isIncluded({ ...proof, position: 13 }, proof.root)).toBe(false)
  })

  it('is drawn turn by turn', () => {
    expect(turnsOf(proofOf(2, 4))?.map((turn) => turn.side)).toEqual(['right', 'left'])
  })
})

describe('the proof that the ledger only grew', () => {
  it('holds between all sizes', async () => {
    const leaves = tree(13)
    for (const first of SIZES) {
      for (const second of SIZES.filter((size) => size >= first)) {
        const proof = { first, second, first_root: text(root(leaves.slice(0, first))), second_root: text(root(leaves.slice(0, second))), hashes: growth(first, leaves.slice(0, second), true).map(text), algorithm: 'sha256' }
        expect([first, second, await onlyGrew(proof)]).toEqual([first, second, true])
      }
    }
  })

  it('does not hold when the past was rewritten', async () => {
    const leaves = tree(13)
    const other = [leaf(77), ...leaves.slice(1)]
    const proof = { first: 7, second: 13, first_root: text(root(other.slice(0, 7))), second_root: text(root(leaves)), hashes: growth(7, leaves, true).map(text), algorithm: 'sha256' }
    expect(await onlyGrew(proof)).toBe(false)
  })
})

it('a fingerprint is shortened to its ends', () => {
  expect(shortHash(Buffer.from('9c41aaaaaaaae07b', 'hex').toString('base64'))).toBe('9c41…e07b')
})
