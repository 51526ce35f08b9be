"""An answer to an access or portability request: what was collected becomes files in a locked ZIP."""
