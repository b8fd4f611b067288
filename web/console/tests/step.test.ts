import { describe, expect, it } from 'vitest'
import { stepped } from '../src/step'

describe('a step through a list', () => {
  const from = (chosen: string, by: number): string | undefined => stepped(['a', 'b', 'c'], (one) => one === chosen, by)

  it('goes to the one after and the one before', () => expect([from('a', 1), from('c', -1)]).toEqual(['b', 'b']))
  it('stays at the ends', () => expect([from('c', 1), from('a', -1)]).toEqual(['c', 'a']))
  it('begins with the first where none is chosen', () => expect([from('', 1), from('', -1)]).toEqual(['a', 'a']))
  it('finds nothing where there is nothing', () => expect(stepped([], () => true, 1)).toBeUndefined())
})
