"""From the arrays of a finished run to the tables of `Results`: a module for each phenomenon, named as everywhere.

Each offers `TABLES`, a builder for each of its tables; `msgu.results.tables` says what the columns are.
Where a process writes something down that becomes a table, the form of what it writes stands here too.
"""
