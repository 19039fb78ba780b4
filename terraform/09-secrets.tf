locals {
  secrets = {
    model = { name = "cali/openai", holds = "{\"api_key\": \"…\"}" }
    slack = { name = "cali/slack", holds = "{\"bot_token\": \"…\", \"webhook_url\": \"…\"}" }
  }
}

# Only the secrets: their values are put in by hand, or by `sandbox up`, and never stand in a state.
resource "aws_secretsmanager_secret" "consumer" {
  for_each = local.secrets

  name                    = each.value.name
  description             = "JSON: ${each.value.holds}"
  recovery_window_in_days = var.secret_recovery_days
}
