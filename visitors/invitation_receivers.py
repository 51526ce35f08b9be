"""What this room does when something is delivered or announced: mails to visitors, files that become visits."""
