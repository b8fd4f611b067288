"""Telling people: console bell, e-mail and text message."""
