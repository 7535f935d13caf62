"""The cache of nodes' values: content-addressed, and checked before it is believed."""
