"""What this room does when something is delivered or announced: notices to hosts."""
