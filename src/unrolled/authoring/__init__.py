"""What authors and translators need: notebooks, the catalogue and the release."""
