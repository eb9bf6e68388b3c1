"""The screen of couriers' rounds: who goes, what goes with them, what came back."""
