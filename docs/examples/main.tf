# Mesa as a part of what Terraform runs. First: make upload STAGE=prod, which prints template_url.

terraform {
  required_version = ">= 1.5"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.40"
    }
  }
}

variable "template_url" {
  description = "What `make upload` printed: a release is named by what is in it"
  type        = string
}

variable "mail_from" {
  description = "Sender of all mail, such as Desk <desk@example.com>"
  type        = string
}

variable "public_url" {
  description = "Where people reach the API, with its base path, such as https://desk.example.com/api"
  type        = string
}

variable "keys" {
  description = "What `python -m local.keys` printed, once and for good; Terraform's state holds it too"
  sensitive   = true
  type = object({
    SigningSecretValue = string
    TokenPublicKeys    = string
    WebhookSecretValue = string
  })
}

locals {
  settings = {
    Stage           = "prod"
    MailFrom        = var.mail_from
    PublicUrl       = var.public_url
    TokenPublicKeys = var.keys.TokenPublicKeys
  }
}

resource "aws_cloudformation_stack" "mesa" {
  name         = "mesa-prod"
  template_url = var.template_url
  capabilities = ["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"]

  parameters = merge(local.settings, {
    SigningSecretValue = var.keys.SigningSecretValue
    WebhookSecretValue = var.keys.WebhookSecretValue
    # Functions are published anew whenever a setting changes.
    Revision = substr(sha256(jsonencode(local.settings)), 0, 12)
  })

  timeouts {
    create = "90m"
    update = "90m"
    delete = "90m"
  }

  lifecycle {
    prevent_destroy = true
  }
}

output "endpoint" {
  value = aws_cloudformation_stack.mesa.outputs["EndpointURL"]
}
