"""Lookups: what public services say of a compound, a protein, a structure, a sequence or a publication.

They are off until a caller allows each host (``tools.network``). ``asking`` is the only module that opens a connection; answers are
kept on disk (``kept``) and asked for anew with ``refresh``. What is sent: the request itself, a User-Agent that names Retort, and
nothing that names a person or a machine; no cookies. A proxy is used only where the environment names one (``HTTPS_PROXY``).
"""
