"""What is read: the cases of the days, former simulations, lists and files of a result."""
