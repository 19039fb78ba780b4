"""What the sandbox adds to LocalStack. Runs inside LocalStack and imports nothing of the sandbox."""
