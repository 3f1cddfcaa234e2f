"""What the pages ask of the rest: implemented by `storage`, tied together by `orp`, cut by consumer."""
