"""Insight: what the history tells about the loop itself: who returned what to whom under which rule, and where reports have fallen silent."""
