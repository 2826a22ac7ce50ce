"""Ways in beside the API: what arrives by mail or webhook and becomes tickets and comments."""
