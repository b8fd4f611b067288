"""What is reckoned: the proposal, the masters it makes, the replay, the estimate, and the figures; no database."""
