# Two zones, as EKS asks for: nodes in private subnets, a NAT gateway for what they fetch, endpoints for what AWS gives them.

locals {
  # One gateway is cheaper, one a zone outlives the loss of a zone.
  nat_count = var.nat_per_zone ? length(var.availability_zones) : 1
}

resource "aws_vpc" "cali" {
  cidr_block           = "10.40.0.0/16"
  enable_dns_support   = true
  enable_dns_hostnames = true

  tags = { Name = "cali" }
}

resource "aws_subnet" "public" {
  count = length(var.availability_zones)

  vpc_id            = aws_vpc.cali.id
  availability_zone = var.availability_zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.cali.cidr_block, 8, count.index)

  tags = {
    Name                     = "cali-public-${var.availability_zones[count.index]}"
    "kubernetes.io/role/elb" = "1"
  }
}

resource "aws_subnet" "private" {
  count = length(var.availability_zones)

  vpc_id            = aws_vpc.cali.id
  availability_zone = var.availability_zones[count.index]
  cidr_block        = cidrsubnet(aws_vpc.cali.cidr_block, 4, count.index + 1)

  tags = {
    Name                              = "cali-private-${var.availability_zones[count.index]}"
    "kubernetes.io/role/internal-elb" = "1"
  }
}

resource "aws_internet_gateway" "cali" {
  vpc_id = aws_vpc.cali.id

  tags = { Name = "cali" }
}

resource "aws_eip" "nat" {
  count = local.nat_count

  domain = "vpc"

  tags = { Name = "cali-nat-${var.availability_zones[count.index]}" }
}

resource "aws_nat_gateway" "cali" {
  count = local.nat_count

  allocation_id = aws_eip.nat[count.index].id
  subnet_id     = aws_subnet.public[count.index].id

  tags = { Name = "cali-${var.availability_zones[count.index]}" }

  depends_on = [aws_internet_gateway.cali]
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.cali.id

  tags = { Name = "cali-public" }
}

resource "aws_route" "public" {
  route_table_id         = aws_route_table.public.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.cali.id
}

resource "aws_route_table_association" "public" {
  count = length(var.availability_zones)

  route_table_id = aws_route_table.public.id
  subnet_id      = aws_subnet.public[count.index].id
}

resource "aws_route_table" "private" {
  count = local.nat_count

  vpc_id = aws_vpc.cali.id

  tags = { Name = "cali-private-${var.availability_zones[count.index]}" }
}

resource "aws_route" "private" {
  count = local.nat_count

  route_table_id         = aws_route_table.private[count.index].id
  destination_cidr_block = "0.0.0.0/0"
  nat_gateway_id         = aws_nat_gateway.cali[count.index].id
}

resource "aws_route_table_association" "private" {
  count = length(var.availability_zones)

  route_table_id = aws_route_table.private[count.index % local.nat_count].id
  subnet_id      = aws_subnet.private[count.index].id
}
