# Types that the provider can apply and the definitions use on AWS alone, or not (yet): tested beside them all the same.

resource "aws_security_group" "more" {
  name        = "cali-more"
  description = "For the tests of the provider"
  vpc_id      = aws_vpc.cali.id

  ingress {
    description = "TLS"
    protocol    = "tcp"
    from_port   = 443
    to_port     = 443
    cidr_blocks = ["10.0.0.0/8", "192.168.0.0/16"]
  }

  ingress {
    description = "Among themselves"
    protocol    = "tcp"
    from_port   = 9000
    to_port     = 9100
    self        = true
  }

  egress = []
}

resource "aws_security_group" "ruled" {
  name        = "cali-ruled"
  description = "With rules of their own"
  vpc_id      = aws_vpc.cali.id
}

resource "aws_vpc_security_group_ingress_rule" "more" {
  security_group_id = aws_security_group.ruled.id
  description       = "TLS from the network"
  cidr_ipv4         = aws_vpc.cali.cidr_block
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "more" {
  security_group_id            = aws_security_group.ruled.id
  description                  = "Everything, to the other group"
  referenced_security_group_id = aws_security_group.more.id
  ip_protocol                  = "-1"
}

data "aws_iam_policy_document" "more" {
  statement {
    actions   = ["s3:ListBucket"]
    resources = [aws_s3_bucket.logs.arn]
  }
}

resource "aws_iam_policy" "more" {
  name        = "cali-more"
  description = "For the tests of the provider"
  policy      = data.aws_iam_policy_document.more.json
}

resource "aws_cloudwatch_log_resource_policy" "more" {
  policy_name     = "cali-more"
  policy_document = data.aws_iam_policy_document.more.json
}
