"""The bare functions that cold starts are held against: the least that anybody would write for the job."""
