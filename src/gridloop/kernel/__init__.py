"""The ground floor: ids, clock, units, errors, the caller; imports nothing of ours."""
