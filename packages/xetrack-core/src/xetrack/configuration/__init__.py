"""Configuration: which parts a tracker or a reader uses, and with which options.

The same forms are taken from an argument, the environment and the files of a project.
"""
