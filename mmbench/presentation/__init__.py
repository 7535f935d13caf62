"""What tables and figures are made of, whatever they show.

Reports and tasks both draw and write with it; it knows neither.
"""
