"""Visits, hosts, invitations, kiosks, badges: who comes for a while, and is gone again."""
