"""Billers, partners, mail and SMS: each behind one port, each speaking its real protocol."""
