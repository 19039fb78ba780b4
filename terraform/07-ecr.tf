locals {
  images = ["consumer", "log-generator"]
}

resource "aws_ecr_repository" "image" {
  for_each = toset(var.ecr_enabled ? local.images : [])

  name                 = "cali/${each.key}"
  image_tag_mutability = "IMMUTABLE"
  force_delete         = var.bucket_force_destroy

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "AES256"
  }
}

resource "aws_ecr_lifecycle_policy" "image" {
  for_each = aws_ecr_repository.image

  repository = each.value.name

  policy = jsonencode({
    rules = [{
      rulePriority = 1
      description  = "Keep the last thirty images"
      selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 30 }
      action       = { type = "expire" }
    }]
  })
}
