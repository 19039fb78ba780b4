# A plan without an account begins from nothing: it reads no state, and none is ever written.
terraform {
  backend "local" {}
}
