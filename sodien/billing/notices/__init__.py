"""What does the notice say? Text or e-invoice to a bill. Pure."""
