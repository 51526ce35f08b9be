"""The keys database: one wrapped key per person, beside nothing that the key would open."""
