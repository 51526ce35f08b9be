"""What this room does when something is delivered or announced: mails to visitors, files of many."""
