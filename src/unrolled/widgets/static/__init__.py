"""The widgets' pictures in matplotlib, drawn from plain data: where no front end runs."""
