"""The web app that the program deploys."""
