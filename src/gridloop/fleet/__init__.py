"""Vehicles and fences: where the supervised vehicles are, and what that means."""
