"""What counts as a failure of a component, and when failing again calls for a root cause."""
