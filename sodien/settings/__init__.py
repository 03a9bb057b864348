"""The YAML settings file: read with positions, validated, edited with comments kept."""
