"""One file per concern, collected by base; the process picks dev, test or production."""
