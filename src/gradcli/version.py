"""The version, in a module of its own so that the build and `gradcli --version` read one statement at no cost."""

__version__ = "0.1.0"
