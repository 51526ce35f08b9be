"""Papers written from what is configured and stored now: made when asked for, never kept."""
