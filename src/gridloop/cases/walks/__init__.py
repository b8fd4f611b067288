"""Where collectors are while they are on shift, who looked, and which cells nobody has walked through lately."""
