"""Relays, brokers and controllers, each behind `edge.door.DoorOutput` and with an extra of its own."""
