output "region" {
  description = "AWS region."
  value       = var.region
}

output "stream_name" {
  description = "The Kinesis stream of all logs."
  value       = aws_kinesis_stream.logs.name
}

output "stream_arn" {
  description = "ARN of the stream."
  value       = aws_kinesis_stream.logs.arn
}

output "bucket_name" {
  description = "The bucket of raw logs, new errors and rejected records."
  value       = aws_s3_bucket.logs.bucket
}

output "lease_table" {
  description = "Shard leases and checkpoints."
  value       = aws_dynamodb_table.leases.name
}

output "ledger_table" {
  description = "The alert ledger."
  value       = aws_dynamodb_table.ledger.name
}

output "firehose_s3_name" {
  description = "The delivery stream to S3."
  value       = aws_kinesis_firehose_delivery_stream.s3.name
}

output "firehose_opensearch_name" {
  description = "The delivery stream to OpenSearch."
  value       = aws_kinesis_firehose_delivery_stream.opensearch.name
}

output "opensearch_endpoint" {
  description = "Host of the search domain."
  value       = aws_opensearch_domain.logs.endpoint
}

output "index_prefix" {
  description = "What the daily indexes begin with."
  value       = aws_kinesis_firehose_delivery_stream.opensearch.opensearch_configuration[0].index_name
}

output "model_secret" {
  description = "The secret that holds the model's API key."
  value       = aws_secretsmanager_secret.consumer["model"].name
}

output "slack_secret" {
  description = "The secret that holds Slack's token and webhook."
  value       = aws_secretsmanager_secret.consumer["slack"].name
}

output "consumer_role_arn" {
  description = "Role of the consumer."
  value       = aws_iam_role.workload["consumer"].arn
}

output "log_generator_role_arn" {
  description = "Role of the log generator."
  value       = aws_iam_role.workload["log-generator"].arn
}

output "fluent_bit_role_arn" {
  description = "Role of Fluent Bit."
  value       = aws_iam_role.workload["fluent-bit"].arn
}

output "airflow_role_arn" {
  description = "Role of the batch."
  value       = aws_iam_role.workload["airflow"].arn
}

output "cluster_autoscaler_role_arn" {
  description = "Role of the cluster autoscaler."
  value       = aws_iam_role.workload["cluster-autoscaler"].arn
}

output "cluster_admin_role_arn" {
  description = "Role that administers the cluster."
  value       = aws_iam_role.cluster_admin.arn
}

output "ci_role_arn" {
  description = "Role of CI: the value of `role-to-assume`."
  value       = aws_iam_role.ci.arn
}

output "alarm_topic_arn" {
  description = "Where alarms go."
  value       = aws_sns_topic.alarms.arn
}

output "firehose_role_arn" {
  description = "Role of both delivery streams."
  value       = aws_iam_role.firehose.arn
}

output "opensearch_admin_role_arn" {
  description = "Role that administers the search domain."
  value       = aws_iam_role.opensearch_admin.arn
}

output "cluster_name" {
  description = "The EKS cluster; null where there is none."
  value       = one(aws_eks_cluster.cali[*].name)
}

output "repository_urls" {
  description = "Image repositories by workload."
  value       = { for name, repository in aws_ecr_repository.image : name => repository.repository_url }
}

output "grafana_endpoint" {
  description = "Host of the Grafana workspace; null where there is none."
  value       = one(aws_grafana_workspace.cali[*].endpoint)
}
