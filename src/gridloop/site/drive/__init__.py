"""Scripted people who use the platform through its public doors only: the simulated duty day, the replay, the load of the tests."""
