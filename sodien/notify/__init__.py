"""What happens to a meter, told to people: as sentences, and sent where the household wants them."""
