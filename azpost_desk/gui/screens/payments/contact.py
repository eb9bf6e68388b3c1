"""The payer's telephone: whom to call when biller or portal refuses, asked of nobody."""

from __future__ import annotations

from azpost_desk.gui.kit.fields import PhoneField


class Contact(PhoneField):
    """Given by who wants to, by Tab; Enter does not wait for it."""

    def __init__(self) -> None:
        key = "payments.screen.contact"
        super().__init__(key, name="contact", hint=f"{key}_hint", optional=True)

    def is_skipped(self) -> bool:
        """See `Field`."""
        return True
