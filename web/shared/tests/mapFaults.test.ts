import { expect, it } from 'vitest'
import { toldOf } from '../src/map/faults'

it.each([
  [new TypeError('Failed to fetch'), 'warn', 'map: TypeError: Failed to fetch'],
  [new TypeError('NetworkError when attempting to fetch resource.'), 'warn', 'map: TypeError: NetworkError when attempting to fetch resource.'],
  [new DOMException('The user aborted a request.', 'AbortError'), 'warn', 'map: AbortError: The user aborted a request.'],
  [new Error('AJAXError: Internal Server Error (500): /tiles/1'), 'error', 'map: Error: AJAXError: Internal Server Error (500): /tiles/1'],
  [new Error('Source layer "x" does not exist'), 'error', 'map: Error: Source layer "x" does not exist'],
  ['odd', 'error', 'map: odd'],
] as const)('%s is told with its words', (error, level, words) => {
  expect(toldOf(error)).toEqual({ level, words })
})
