"""From the words of a shell to a command: the app, its front page, commands of plugins."""
