"""Forecast: how likely each case in hand will be finished after its deadline, learnt from what this city's units did, and why."""
