"""Every sentence a person reads, and how money, dates and names are written in az, ru and en."""
