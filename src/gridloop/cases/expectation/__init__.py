"""What a resident may expect: how long cases of the same class in the same area took, from the city's own cases, or nothing."""
