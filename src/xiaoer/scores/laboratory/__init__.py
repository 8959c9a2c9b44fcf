"""Any labelled file judged in a minute: read, guess types, find leaks, try the forms, say what was left out and why."""
