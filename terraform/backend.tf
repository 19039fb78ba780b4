# State lies in S3, locked by a DynamoDB table; backends/ holds one file for each target. No target shares a state.
terraform {
  backend "s3" {}
}
