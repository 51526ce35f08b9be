"""What the ledger does when something it announced is delivered."""
