"""Bringing the firm's files in: units, people, clients, missions, staffing, past check-ins.

``run.import_file`` is the one entry; ``docs/import.md`` says what each file looks like.
"""
