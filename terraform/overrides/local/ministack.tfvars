# What MiniStack lacks: Managed Grafana. Alarms come back changed, so that every plan would differ.
grafana_enabled = false
alarms_enabled  = false
