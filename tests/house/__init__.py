"""The house's own rules, each as a test."""
