"""Where prices come from: one module a provider."""
