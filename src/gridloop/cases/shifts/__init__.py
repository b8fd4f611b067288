"""Handing the desk over on one page: what is open, what will be late, what calls, what the outgoing officer says; signed by both."""
