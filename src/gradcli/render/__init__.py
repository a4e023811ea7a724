"""Pictures: `picture` says what is in one, `drawing` places and draws it, `svg` and `dot` write it."""
