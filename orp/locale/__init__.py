"""French catalogues of the words that libraries print."""
