"""Spread over a cluster: records cut and encoded by many machines (Ray) before an ordinary build."""
