"""Pages and deeds of operators about faces. A person's page shows several rooms and belongs to `pages`."""
