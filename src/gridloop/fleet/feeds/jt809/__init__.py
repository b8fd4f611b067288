"""JT/T 809 both ways: other platforms send their vehicles to us, and we send ours to the platform above."""
