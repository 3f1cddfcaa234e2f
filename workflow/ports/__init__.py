"""What the engine, the publisher and the mail sender ask of storage, by subject."""
