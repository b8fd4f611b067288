"""The `worker` process: queued and timed jobs, the ledger's sequencer, and its own health and metrics."""
