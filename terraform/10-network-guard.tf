# What keeps the network to itself, and shows what was kept out.

# Without rules: whatever is put into the network without a group of its own reaches nothing. They are named, though
# empty: of rules that are not named, one that somebody adds would stay unseen.
resource "aws_default_security_group" "cali" {
  vpc_id  = aws_vpc.cali.id
  ingress = []
  egress  = []

  tags = { Name = "cali-default-closed" }
}

# Free, and the way to S3 and DynamoDB past the NAT gateway, which takes money for every byte.
resource "aws_vpc_endpoint" "gateway" {
  for_each = toset(["dynamodb", "s3"])

  vpc_id            = aws_vpc.cali.id
  service_name      = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type = "Gateway"
  route_table_ids   = aws_route_table.private[*].id

  tags = { Name = "cali-${each.key}" }
}

# Each costs by the hour and zone: worth it from a few hundred GB a month on, which is for an environment to say.
resource "aws_vpc_endpoint" "interface" {
  for_each = var.interface_endpoints

  vpc_id              = aws_vpc.cali.id
  service_name        = "com.amazonaws.${var.region}.${each.key}"
  vpc_endpoint_type   = "Interface"
  subnet_ids          = aws_subnet.private[*].id
  security_group_ids  = aws_security_group.endpoints[*].id
  private_dns_enabled = true

  tags = { Name = "cali-${each.key}" }
}

resource "aws_security_group" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  name        = "cali-endpoints"
  description = "AWS services within the network"
  vpc_id      = aws_vpc.cali.id

  tags = { Name = "cali-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  count = length(var.interface_endpoints) > 0 ? 1 : 0

  security_group_id = aws_security_group.endpoints[0].id
  description       = "TLS from the nodes and their pods"
  cidr_ipv4         = aws_vpc.cali.cidr_block
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Refused connections alone: the accepted ones would cost more to keep than they tell.
resource "aws_flow_log" "refused" {
  vpc_id               = aws_vpc.cali.id
  traffic_type         = "REJECT"
  log_destination_type = "cloud-watch-logs"
  log_destination      = aws_cloudwatch_log_group.flow.arn
  iam_role_arn         = aws_iam_role.flow.arn

  tags = { Name = "cali-refused" }
}

resource "aws_cloudwatch_log_group" "flow" {
  name              = "/aws/vpc/cali/refused"
  retention_in_days = var.log_retention_days
}

data "aws_iam_policy_document" "flow_trust" {
  statement {
    actions = ["sts:AssumeRole"]

    principals {
      type        = "Service"
      identifiers = ["vpc-flow-logs.amazonaws.com"]
    }

    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [var.account_id]
    }
  }
}

resource "aws_iam_role" "flow" {
  name               = "cali-flow-log"
  description        = "Writes refused connections of the network"
  assume_role_policy = data.aws_iam_policy_document.flow_trust.json
}

data "aws_iam_policy_document" "flow" {
  statement {
    sid       = "Write"
    actions   = ["logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"]
    resources = [aws_cloudwatch_log_group.flow.arn, "${aws_cloudwatch_log_group.flow.arn}:log-stream:*"]
  }
}

resource "aws_iam_role_policy" "flow" {
  name   = "write"
  role   = aws_iam_role.flow.name
  policy = data.aws_iam_policy_document.flow.json
}
