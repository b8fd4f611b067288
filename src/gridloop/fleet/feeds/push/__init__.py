"""Positions that another system pushes over HTTP: the web process hands them to the gateway and answers when they are stored."""
