"""Pages about visits: reception, invitations, types, kiosks, the watch list."""
