"""The staff screen: who may sign in at this branch, who is locked out, a new PIN from the manager."""
