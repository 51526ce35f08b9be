"""What this room does when something is delivered or announced: names compared with the watch list."""
