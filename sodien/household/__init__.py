"""What a household makes of its electricity: what one appliance uses."""
