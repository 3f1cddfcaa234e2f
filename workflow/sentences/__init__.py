"""What people read of a situation, in French sentences: pure, and the same for the command line and the pages."""
