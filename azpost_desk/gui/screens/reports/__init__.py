"""The reports screen: the branch's day in figures and bars, who still has to close, closing it, and days gone by."""
