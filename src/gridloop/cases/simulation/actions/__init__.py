"""What is done: a simulation is asked for and reckoned; its proposal is put into force from a day on."""
