"""Installers are put together here: the lock's wheels, the bill of parts, an archive without chance."""
