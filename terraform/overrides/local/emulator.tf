# What only an emulator needs: where it is. No resource may stand here.

variable "aws_endpoint" {
  description = "The emulator."
  type        = string
}

variable "firehose_endpoint" {
  description = "Firehose, which the emulator leaves to a process of its own."
  type        = string
}
