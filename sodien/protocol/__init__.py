"""What travels over MQTT: topics, times, entry kinds and the envelopes around them."""
