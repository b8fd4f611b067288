"""Several gateways and several evaluators: the same windows, judged and stored by whoever has the vehicle's shard (docs/adr/0010-shards.md)."""
