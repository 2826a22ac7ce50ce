"""Room: personal data. What a workspace holds about one person, given to them as a file, or erased."""
