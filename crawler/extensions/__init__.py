"""Extensions: what writes outward while a crawl runs, or at its end."""
