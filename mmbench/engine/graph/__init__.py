"""From methods to nodes: the distinct pieces of work under the trials.

`expansion` and `compositions` look into estimators; `works`, `blocks` and `predicting`
are the kinds of work that nodes do on `values`.
"""
