"""The pages, through the real application on a real database."""
