"""What a running sandbox listens on."""
