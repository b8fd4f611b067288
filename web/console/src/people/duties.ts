/** Duties in the order of the loop, by code; their names are words of the console. */
export const DUTIES = ['collector', 'acceptor', 'shift_leader', 'dispatcher', 'unit', 'arbiter', 'supervisor', 'leader', 'auditor', 'integrator', 'admin'] as const
