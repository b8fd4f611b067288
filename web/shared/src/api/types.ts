/** Shapes of the JSON doors, as the server answers them. Times are ISO 8601 with offset, positions WGS-84 degrees. */

export type * from './types/cases'
export type * from './types/ledger'
export type * from './types/loop'
export type * from './types/people'
export type * from './types/places'
export type * from './types/site'
