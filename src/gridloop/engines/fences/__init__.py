"""Fences: who is where, who crossed for certain, and which rule that breaks; arrays in, arrays out."""
