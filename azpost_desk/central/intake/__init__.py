"""Takes journals in: custody first, acceptance after, signed acknowledgement back."""
