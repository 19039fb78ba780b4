"""Charts of `helm-values/charts.yaml`: where they come from (`source`), and the helm binary (`client`)."""
