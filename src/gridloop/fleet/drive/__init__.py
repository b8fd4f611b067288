"""Vehicles that do not exist, speaking the real protocols over real sockets: for demonstrations, tests and measurements."""
