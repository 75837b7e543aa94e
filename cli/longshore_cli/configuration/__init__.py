"""`longshore.yaml`: read with positions, checked whole, told in one go.

`source` turns YAML into plain values and remembers where each stood; `models` says what a valid
file is; `reading` joins both and names every problem by file, line, column and path.
"""
