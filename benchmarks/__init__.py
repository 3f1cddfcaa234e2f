"""Speed, measured side by side with the bare database in one run; never asserted."""
