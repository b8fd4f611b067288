"""Ways in besides JT/T 808 over sockets: JT/T 809, MQTT, GTFS-realtime, NMEA, HTTP push."""
