"""What `sandbox doctor` looks at: prerequisites, installed parts, images; nothing is changed."""
