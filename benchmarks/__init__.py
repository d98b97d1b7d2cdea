"""Speed of what this project does, side by side with the way it is done without it.

`python -m benchmarks` runs all of them and ends with a table; `python -m benchmarks NAME` runs one.
`docs/benchmarks.md` shows a run and says how to read it.
"""
