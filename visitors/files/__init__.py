"""Files with guests: tables and calendars, read into lines. Pure; nothing here writes."""
