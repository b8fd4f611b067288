"""The closed loop: from a report to a proven close."""
