"""Runs beside the meter: GPIO edges to pulses to the ledger to MQTT, and reading-day snapshots."""
