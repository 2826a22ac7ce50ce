"""Dashboards for Grafana 11, written with its own types; `python -m grafana` writes them to dashboards/."""
