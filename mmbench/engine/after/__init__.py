"""Measurements of methods after their trials.

Throughput, what each modality adds, and how much retraining changes.
"""
