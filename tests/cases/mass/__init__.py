"""Tests of mass actions and of taking steps back."""
