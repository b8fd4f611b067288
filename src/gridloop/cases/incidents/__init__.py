"""Many reports of one incident: which belong together, one case for all of them, and whether every reporter was answered."""
