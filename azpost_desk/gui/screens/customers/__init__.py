"""A person's file: who they are, what they did here, whom they send to, what officers wrote, once more."""
