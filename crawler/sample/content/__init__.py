"""What the sample site says: prose in text files, names and pictures in JSON."""
