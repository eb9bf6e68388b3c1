"""The centre's HTTP face: the desks' line, later console and public pages."""
