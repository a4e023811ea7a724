"""One module a command, each with `register(app)`; the application finds them by itself."""
