"""Proposals: how a city changes a row of its masters, with a preview of the effect and a second pair of eyes where deadlines change."""
