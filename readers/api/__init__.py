"""What readers call over HTTP, scans excepted."""
