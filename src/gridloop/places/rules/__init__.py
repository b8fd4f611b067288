"""What codes, names and succession mean: pure functions over plain values."""
