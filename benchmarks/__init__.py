"""Side by side with other crawlers: the same posts, one server, interleaved rounds."""
