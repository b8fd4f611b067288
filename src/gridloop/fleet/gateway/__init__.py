"""The gateway process: sockets in, one window at a time judged and stored in one transaction, then acknowledged."""
