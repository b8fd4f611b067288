"""The routing simulator: the last days again under changed rules, limits, boundaries or a merger of units, and the switch to them with a date."""
