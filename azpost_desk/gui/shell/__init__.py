"""The main window, sign-in and lock, navigation, status strip, the register of actions and keys."""
