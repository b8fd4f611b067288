"""What the platform holds of one resident, in their hands: everything as one file, and an account that is forgotten when they say so."""
