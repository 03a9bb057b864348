"""Runs anywhere: MQTT to InfluxDB, lossless and stateless."""
