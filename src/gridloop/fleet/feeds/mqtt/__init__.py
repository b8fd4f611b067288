"""Positions from an MQTT broker."""
