"""The web server of imageview, in one of two colours."""
