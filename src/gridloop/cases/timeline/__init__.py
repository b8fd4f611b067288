"""Looking back: what happened when on one axis, and how the open cases stood at a past moment. Nothing can be changed here."""
