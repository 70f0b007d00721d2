"""Open Badges 3.0: a certificate as a signed credential that anybody's program can check, for decades.

A package of its own beside the paper: it only reads certificates, and no other module of this app reads it.
"""
