"""Every sentence a person reads, and how money, dates and names are written in az, ru and en."""

from azpost_desk.texts.catalogues import LANGUAGES
from azpost_desk.texts.sentences import Texts, local

__all__ = ["LANGUAGES", "Texts", "local"]
