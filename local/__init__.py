"""The local stack: embedded PostgreSQL, the AWS emulator, packaging, deployment and demo data."""
