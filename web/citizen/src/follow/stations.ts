/** Stations of the way from report to close, as a resident counts them. */
export const STATIONS = 6

const STATION: Readonly<Record<string, number>> = {
  reported: 0, verifying: 0, unfounded: 0, registered: 1, filed: 2, returned: 2, arbitration: 2, dispatched: 3,
  handling: 4, delay_asked: 4, suspend_asked: 4, suspended: 4, disputed: 2, checking: 5, checked: 5,
}

/** How far a case has come, 0 to 5; a state this page does not know counts as just begun. */
export const stationOf = (state: string): number => STATION[state] ?? 0
