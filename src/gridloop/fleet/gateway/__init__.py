"""The one hot path, outside the ORM: sockets of terminals, windows of positions, one transaction each, then acknowledgements."""
