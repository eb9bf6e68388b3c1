"""Connectors: whoever a payment is delivered to is spoken with by a biller's connector or by a portal's."""

from __future__ import annotations

from azpost_desk.central.gateways.billers import Biller
from azpost_desk.central.gateways.portals import Portal

Connector = Biller | Portal
