"""Branches, desks, staff, licences, tariffs, number ranges: the facts the centre hands out."""
