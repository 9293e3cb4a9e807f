"""What is measured rather than tested: figures and speeds, side by side in one run."""
